/** What a `Content-Type` says. */
export interface MediaType {
  /** `application/json`, in small letters; empty where there is none. */
  readonly type: string;
  /** Its `charset`, in small letters. */
  readonly charset: string | undefined;
}

/** Reads a `Content-Type`. */
export function mediaTypeOf(header: string | null): MediaType {
  const [type = "", ...parameters] = (header ?? "").split(";");
  const charset = parameters.map((each) => /^\s*charset\s*=\s*"?([\w-]+)"?\s*$/i.exec(each)?.[1]).find((each) => each !== undefined);
  return { type: type.trim().toLowerCase(), charset: charset?.toLowerCase() };
}
