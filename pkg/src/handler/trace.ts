import { hex } from "../digest.js";

/** A place in a trace across programs, as W3C's Trace Context has it. */
export interface Trace {
  /** 32 hexadecimal digits: the same in all programs. */
  readonly traceId: string;
  /** 16 hexadecimal digits: this request here. */
  readonly spanId: string;
  /** The span of whoever asked; `undefined` where the trace begins here. */
  readonly parentId: string | undefined;
  /** What is passed on to others: `00-TRACE-SPAN-FLAGS`. */
  readonly traceparent: string;
}

/** The trace that a request belongs to, or a new one. */
export function traceOf(header: string | null): Trace {
  const [, version, given, parent, sent] = /^([\da-f]{2})-([\da-f]{32})-([\da-f]{16})-([\da-f]{2})(?:-.*)?$/.exec(header ?? "") ?? [];
  const isTrace = version !== undefined && version !== "ff" && !/^0+$/.test(given ?? "0") && !/^0+$/.test(parent ?? "0");
  const traceId = isTrace && given !== undefined ? given : randomHex(16);
  const spanId = randomHex(8);
  return {
    ...{ traceId, spanId, parentId: isTrace ? parent : undefined },
    traceparent: `00-${traceId}-${spanId}-${isTrace && sent !== undefined ? sent : "00"}`,
  };
}

function randomHex(bytes: number): string {
  return hex(crypto.getRandomValues(new Uint8Array(bytes)));
}
