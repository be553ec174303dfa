import { severities, type Severity } from "./report.js";

/** As options list them, the worst first. */
export const worstFirst: readonly Severity[] = [...severities].reverse();
