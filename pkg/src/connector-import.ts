// Written from src/connectors by `UPDATE_TYPES=1 cargo test --features authoring --lib current`; not by hand.

/**
 * What came of reading files, with the list that is written of it.
 */
export type ConnectorImport = { 
/**
 * The list as YAML, for a file that `connectorFiles` of a configuration names.
 */
text: string, 
/**
 * How many connectors are in it.
 */
count: number, 
/**
 * These connectors, sorted by scope and identifier.
 */
connectors: Array<ListedConnector>, 
/**
 * What could not be read.
 */
problems: Array<ImportProblem>, };

/**
 * A connector, as far as a list has it. It never holds credentials, nor the name of a secret.
 */
export type ListedConnector = { 
/**
 * Its identifier.
 */
identifier: string, 
/**
 * Its organization; without one, it is the account's.
 */
orgIdentifier: string | null, 
/**
 * Its project; without one, it is the organization's or the account's.
 */
projectIdentifier: string | null, 
/**
 * `DockerRegistry`, `Aws` …
 */
type: string | null, 
/**
 * The registry that a `DockerRegistry` leads to, without a user's name and password.
 */
url: string | null, 
/**
 * `DockerHub`, `Harbor`, `Other` or `Quay`.
 */
providerType: string | null, 
/**
 * The kind of authentication: `Anonymous` or `UsernamePassword`.
 */
auth: string | null, 
/**
 * The delegates that it runs on.
 */
delegateSelectors: Array<string>, 
/**
 * Whether a delegate connects, and not Harness itself.
 */
executeOnDelegate: boolean | null, };

/**
 * Something that could not be read.
 */
export type ImportProblem = { 
/**
 * The file.
 */
path: string, 
/**
 * From 1; `null` where the whole file is meant.
 */
line: number | null, 
/**
 * From 1, in code points; `null` where the whole file is meant.
 */
column: number | null, 
/**
 * What is wrong.
 */
message: string, };
