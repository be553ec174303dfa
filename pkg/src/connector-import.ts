// Written from src/connectors by `UPDATE_TYPES=1 cargo test --features authoring --lib current`; not by hand.

/**
 * The result of an import: the connectors, and the list of them.
 */
export type ConnectorImport = { 
/**
 * The list as YAML, for a file that `connectorFiles` names.
 */
text: string, 
/**
 * How many connectors it has.
 */
count: number, 
/**
 * The connectors, sorted by scope and identifier.
 */
connectors: Array<ListedConnector>, 
/**
 * What couldn't be read.
 */
problems: Array<ImportProblem>, };

/**
 * A connector in a list. It never has credentials, nor the name of a secret.
 */
export type ListedConnector = { 
/**
 * Its identifier.
 */
identifier: string, 
/**
 * Its organization; `null` for a connector of the account.
 */
orgIdentifier: string | null, 
/**
 * Its project; `null` for a connector of an organization or of the account.
 */
projectIdentifier: string | null, 
/**
 * `DockerRegistry`, `Aws` …
 */
type: string | null, 
/**
 * For a `DockerRegistry`, the registry's URL, without a user name and password.
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
 * The selectors of the delegates that connect.
 */
delegateSelectors: Array<string>, 
/**
 * Whether a delegate connects instead of Harness itself.
 */
executeOnDelegate: boolean | null, };

/**
 * Something that couldn't be read.
 */
export type ImportProblem = { 
/**
 * The file.
 */
path: string, 
/**
 * From 1; `null` if it is about the whole file.
 */
line: number | null, 
/**
 * From 1, in code points; `null` if it is about the whole file.
 */
column: number | null, 
/**
 * What is wrong.
 */
message: string, };
