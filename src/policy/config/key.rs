//! The table of a configuration's keys. The reader checks configurations by it, and the schema for editors,
//! TypeScript's types and the table in the documentation are generated from it.

use crate::exception::Required;

/// A key of a mapping in the configuration.
pub struct Key {
    /// The name.
    pub name: &'static str,
    /// The values that it may have.
    pub shape: Shape,
    /// Its documentation, which only the generated files need.
    #[cfg(test)]
    pub about: About,
}

/// The documentation of a key.
#[cfg(test)]
pub struct About {
    /// One or more sentences, in Markdown.
    pub sentence: &'static str,
    /// The label of its field in the playground's form, if it has one.
    pub label: Option<&'static str>,
    /// Its default as JSON, if `policies/data.json` doesn't have it.
    pub usual: Option<&'static str>,
    /// Its default in the documentation, in words, if the default is no value.
    pub default: Option<&'static str>,
    /// An example, as JSON.
    pub example: Option<&'static str>,
}

#[cfg(test)]
impl About {
    const fn new(sentence: &'static str) -> Self {
        Self {
            sentence,
            label: None,
            usual: None,
            default: None,
            example: None,
        }
    }

    const fn label(mut self, label: &'static str) -> Self {
        self.label = Some(label);
        self
    }

    const fn usual(mut self, usual: &'static str) -> Self {
        self.usual = Some(usual);
        self
    }

    const fn default(mut self, default: &'static str) -> Self {
        self.default = Some(default);
        self
    }

    const fn example(mut self, example: &'static str) -> Self {
        self.example = Some(example);
        self
    }
}

/// The values that a key may have.
pub enum Shape {
    Text,
    Reference,
    Url,
    OneOf(&'static [&'static str]),
    Preset,
    Severity,
    /// The name of an entity that a policy can be about.
    Entity,
    /// 0 or 1.
    RegoVersion,
    Texts,
    /// Files that the host reads.
    ConnectorFiles,
    Patterns,
    /// One pattern.
    Pattern,
    /// A date, such as `2027-03-01`.
    Date,
    /// A number of days or weeks, such as `30d` or `4w`.
    Days,
    /// A boolean.
    Flag,
    /// A reference to a secret of the account, `account.NAME`.
    Secret,
    Fields(&'static [Key]),
    /// Prefixes of names in Docker Hub, each with a replacement.
    Mirrors,
    /// Connectors by reference, with these fields.
    Connectors(&'static [Key]),
    Rules,
    /// Exceptions for findings, with these fields.
    Exceptions(&'static [Key]),
    /// A list of some of these words.
    SomeOf(&'static [&'static str]),
    Policies,
    /// A mapping with any keys.
    Anything,
}

pub const PRESETS: &[&str] = &["app-harness", "gar", "ecr"];
pub const SEVERITIES: &[&str] = &["error", "warning", "note"];

/// How many stars a pattern may have. The policies match patterns without regular expressions.
pub const STARS: usize = 5;

macro_rules! keys {
    ($($name:literal: $shape:expr, $sentence:literal $(, $field:ident = $value:literal)*;)*) => {
        &[$(Key {
            name: $name,
            shape: $shape,
            #[cfg(test)]
            about: About::new($sentence)$(.$field($value))*,
        }),*]
    };
}

/// The keys of a configuration.
pub const KEYS: &[Key] = keys! {
    "preset": Shape::Preset,
        "The specification of the `harnessImage` connector to start from: Harness's registry (`app-harness`), Google Artifact Registry (`gar`) or Amazon ECR Public (`ecr`), each with the provider `Other` and anonymous access",
        label = "Preset";
    "harnessImage": Shape::Fields(HARNESS_IMAGE),
        "The specification of the `harnessImage` connector, field by field over the preset";
    "requiredConnector": Shape::Reference,
        "The reference that stages must use for Harness's own images",
        label = "Required connector";
    "stageOverride": Shape::OneOf(&["auto", "required", "optional"]),
        "Whether a stage must name the required connector itself: `required`, `optional`, or `auto`, which requires it unless a `harnessImage` connector without a violation is among the files checked",
        label = "Stages name it themselves";
    "expressions": Shape::OneOf(&["decide", "off"]),
        "Whether expressions that the document decides (variables, matrix axes, allowed values, defaults) are replaced by their possible values; `off` leaves all undecided";
    "trustedConnectors": Shape::Patterns,
        "Patterns of references of connectors that don't lead to Docker Hub. In a pattern, `*` (at most five) matches any characters; case doesn't count",
        label = "Trusted connectors, one per line", example = "[\"account.corp_*\"]";
    "dockerHubConnectors": Shape::Patterns,
        "Patterns of references of connectors that lead to Docker Hub, written as in `trustedConnectors`. Your list replaces the default one",
        label = "Connectors to Docker Hub by name, one per line";
    "defaultConnector": Shape::Reference,
        "The connector that `check --fix --unsafe` writes where an image from Docker Hub has none. It counts as trusted",
        label = "Connector for images without one", default = "none", example = "\"account.corp\"";
    "mirrors": Shape::Mirrors,
        "What `check --fix --unsafe` writes instead of Docker Hub's host: the host and path of a mirror for each prefix of Docker Hub's full names. The longest matching prefix counts",
        example = "{\"docker.io/library\": \"r.example/dockerhub\"}";
    "connectors": Shape::Connectors(CONNECTOR),
        "Connectors whose files aren't checked, by the reference that pipelines use",
        usual = "{}", example = "{\"account.corp\": {\"type\": \"DockerRegistry\", \"url\": \"https://r.example/team\"}}";
    "connectorFiles": Shape::ConnectorFiles,
        "Lists of connectors that exist only in the account, relative to the configuration's folder. A connector's own file overrides its entry in a list, and `connectors` overrides both",
        usual = "[]", example = "[\"harness-connectors.yaml\"]";
    "connectorsMaxAge": Shape::Days,
        "How old a list in `connectorFiles` may be, in days or weeks. An older one is a warning (`outdated-connectors`), and so is one that doesn't say when it was made",
        default = "any age", example = "\"30d\"";
    "rules": Shape::Rules,
        "The severity of each rule's findings, including those of `duplicate-key` and `image-exists`: `off`, `error`, `warning`, `note`, or a mapping with `severity` and `undecided`",
        default = "each rule's own", example = "{\"no-docker-hub\": {\"undecided\": \"warning\"}}";
    "exceptions": Shape::Exceptions(EXCEPTION),
        "Findings that are suppressed until a day. An exception covers the findings that match its `rule`, `path`, `subject` and `image`, as far as it has them",
        usual = "[]", example = "[{\"rule\": \"no-docker-hub\", \"path\": \"legacy/**\", \"until\": \"2027-03-01\", \"reason\": \"the mirror comes in March\"}]";
    "exceptionsRequire": Shape::SomeOf(Required::NAMES),
        "What every exception must have, in `exceptions` and in comments: `rule`, `until`, `reason`. A shorter list requires less",
        usual = "[\"rule\", \"until\", \"reason\"]", example = "[\"rule\", \"reason\"]";
    "policies": Shape::Policies,
        "Harness policies of your own, which run in addition to the built-in rules: files and folders, relative to the configuration's folder",
        usual = "[]", example = "[\"policies/scripts.rego\", {\"file\": \"policies/owners.rego\", \"entity\": \"connector\", \"severity\": \"warning\", \"regoVersion\": 1}]";
    "metadata": Shape::Anything,
        "What policies of your own see as `input.metadata`; `--metadata` overrides it",
        usual = "{}", example = "{\"user\": {\"email\": \"a@r.example\"}}";
    "exclude": Shape::Texts,
        "Globs of files and folders that a search leaves out, relative to the configuration's folder. A file named on the command line is checked anyway",
        usual = "[]", example = "[\"legacy/**\"]";
};

const HARNESS_IMAGE: &[Key] = keys! {
    "url": Shape::Url,
        "The registry that the connector must point to (`spec.dockerRegistryUrl`), with `https://` or `http://`. Scheme and host are compared without case; the default port and slashes at the end don't count",
        label = "Registry's URL", default = "the preset's";
    "providerType": Shape::OneOf(&["DockerHub", "Harbor", "Other", "Quay"]),
        "The connector's `spec.providerType`: `DockerHub`, `Harbor`, `Other` or `Quay`",
        label = "Provider", default = "the preset's";
    "auth": Shape::OneOf(&["Anonymous", "UsernamePassword"]),
        "The connector's `spec.auth.type`: `Anonymous` or `UsernamePassword`",
        label = "Authentication", default = "the preset's";
    "username": Shape::Text,
        "For `UsernamePassword`, the user name. Only `export` and `setup` read this",
        default = "none", example = "\"robot\"";
    "usernameRef": Shape::Secret,
        "Instead of `username`, the account's secret that holds it. Only `export` and `setup` read this",
        default = "none", example = "\"account.registry_user\"";
    "passwordRef": Shape::Secret,
        "For `UsernamePassword`, the account's secret that holds the password. Only `export` and `setup` read this",
        default = "none", example = "\"account.registry_password\"";
    "delegateSelectors": Shape::Texts,
        "The connector's `spec.delegateSelectors`, in any order; `[]` for none",
        default = "not checked", example = "[\"eu-build\"]";
    "executeOnDelegate": Shape::Flag,
        "The connector's `spec.executeOnDelegate`: whether a delegate connects instead of Harness itself. If a connector doesn't have it, a delegate connects",
        default = "not checked";
};

const CONNECTOR: &[Key] = keys! {
    "type": Shape::Text,
        "The connector's type, such as `DockerRegistry`";
    "url": Shape::Text,
        "For a `DockerRegistry`, the registry that it points to";
};

/// The keys of a rule's settings.
pub const RULE: &[Key] = keys! {
    "severity": Shape::Severity,
        "The severity of a violation, unless the rule itself makes it a warning",
        default = "the rule's own (`check --list-rules`)";
    "undecided": Shape::Severity,
        "The severity of an undecided place: one that an expression, or a file that isn't checked, would decide",
        usual = "\"note\"";
};

/// The keys of an exception.
pub const EXCEPTION: &[Key] = keys! {
    "rule": Shape::Text,
        "The rule whose findings are suppressed; for a policy of your own its file, as the report names it";
    "path": Shape::Text,
        "A glob of files or folders, relative to the configuration's folder";
    "subject": Shape::Pattern,
        "A pattern of the place, as the report shows it: `*stage 'deploy'*`. `*` (at most five) matches any characters; case doesn't count";
    "image": Shape::Pattern,
        "A pattern of the image that is reported: `node:*`. Of several that one place can have, each has to match";
    "until": Shape::Date,
        "The last day of the exception, in UTC: `2027-03-01`";
    "reason": Shape::Text,
        "Why the exception is made";
};

/// The keys of a policy that is more than the path of a file.
pub const POLICY: &[Key] = keys! {
    "file": Shape::Text,
        "The file, or a folder to search for `*.rego`";
    "entity": Shape::Entity,
        "The entity that it is about; by default, the one that its package names";
    "severity": Shape::Severity,
        "The severity of a denial; `error` by default";
    "regoVersion": Shape::RegoVersion,
        "Its version of Rego: 0, as Harness reads it (default), or 1, as OPA 1.0 and later read it";
};
