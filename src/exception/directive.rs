use std::path::Path;

use document::quoted;

use crate::policy::known_rule;

use super::{Date, Required, has_no};

/// The name of the tool, with which an ignore comment begins after the `#`.
pub const TOOL: &str = "harness-image-guard";

/// How many rules a comment may name.
const MOST_RULES: usize = 50;

/// The longest name, in bytes, that is compared with those of the known rules.
const LONGEST_RULE: usize = 200;

/// The form of a comment, for messages.
pub const FORM: &str =
    "write `# harness-image-guard: ignore[RULE] until YYYY-MM-DD -- REASON`, or remove the comment";

/// The contents of an ignore comment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Directive<'t> {
    /// The rules whose findings it suppresses; empty for every rule.
    pub rules: Vec<&'t str>,
    /// The last day on which it does.
    pub until: Option<Date>,
    /// The reason.
    pub reason: Option<&'t str>,
}

impl<'t> Directive<'t> {
    /// Reads a comment, given without its `#`; `None` if it isn't an ignore comment.
    ///
    /// # Errors
    ///
    /// What is wrong with it, as the end of a sentence.
    pub fn read(comment: &'t str, required: Required) -> Option<Result<Self, String>> {
        let rest = comment.trim().strip_prefix(TOOL)?;
        let Some(rest) = rest.trim_start().strip_prefix(':') else {
            let is_meant = rest.starts_with([' ', '\t']) && word(rest.trim_start()) == "ignore";
            return is_meant.then(|| Err(format!("`{TOOL}` has to be followed by `:`")));
        };
        Some(Self::after_colon(rest.trim(), required))
    }

    fn after_colon(rest: &'t str, required: Required) -> Result<Self, String> {
        let verb = word(rest);
        if verb != "ignore" {
            return Err(match first(rest) {
                "" => "`ignore` is missing after the colon".to_owned(),
                other => format!(
                    "`ignore` is expected after the colon, not {}",
                    quoted(other, '`')
                ),
            });
        }
        let rest = rest.strip_prefix(verb).unwrap_or_default().trim_start();
        let mut lacking = Vec::new();
        let (rules, rest) = if let Some(list) = rest.strip_prefix('[') {
            let (list, rest) = list
                .split_once(']')
                .ok_or("the `]` after the rules is missing")?;
            (rules(list)?, rest.trim_start())
        } else {
            lacking.extend(required.rule.then_some("rule (`ignore[RULE]`)"));
            (Vec::new(), rest)
        };
        let (until, rest) = match word(rest) {
            "until" => {
                let rest = rest.strip_prefix("until").unwrap_or_default().trim_start();
                let written = rest.split([' ', '\t']).next().unwrap_or_default();
                if written.is_empty() || written.starts_with("--") {
                    return Err("the date after `until` is missing".to_owned());
                }
                let date = written
                    .parse::<Date>()
                    .map_err(|no| format!("{} {no}", quoted(written, '`')))?;
                (
                    Some(date),
                    rest.strip_prefix(written).unwrap_or_default().trim_start(),
                )
            }
            _ => (None, rest),
        };
        let reason = match rest.strip_prefix("--") {
            Some(reason) => Some(reason.trim()).filter(|reason| !reason.is_empty()),
            // What is there may be a rule without its brackets.
            None if rest.is_empty() || !lacking.is_empty() => None,
            None => {
                let expected = if until.is_some() {
                    "`--`"
                } else {
                    "`until` or `--`"
                };
                return Err(format!(
                    "{expected} is expected before {}",
                    quoted(first(rest), '`')
                ));
            }
        };
        if until.is_none() && required.until {
            lacking.push("date (`until YYYY-MM-DD`)");
        }
        if reason.is_none() && required.reason {
            lacking.push("reason (`-- REASON`)");
        }
        if let Some(lacking) = has_no(&lacking) {
            return Err(format!("it {lacking}"));
        }
        Ok(Self {
            rules,
            until,
            reason,
        })
    }
}

fn rules(list: &str) -> Result<Vec<&str>, String> {
    let mut rules = Vec::new();
    for rule in list.split(',').map(str::trim) {
        if rule.is_empty() {
            return Err("a rule is missing in the brackets".to_owned());
        }
        if rules.len() == MOST_RULES {
            return Err(format!("it names more than {MOST_RULES} rules"));
        }
        can_be_excepted(rule)?;
        if !rules.contains(&rule) {
            rules.push(rule);
        }
    }
    Ok(rules)
}

/// Checks that there can be exceptions for a rule: one of ours, or a user's policy, given by its file.
///
/// # Errors
///
/// Why there can't, in a sentence.
pub fn can_be_excepted(rule: &str) -> Result<(), String> {
    if super::ABOUT_CHECK.contains(&rule) {
        return Err(format!(
            "`{rule}` is about the check itself, and no exception covers that"
        ));
    }
    if is_policy(rule) {
        return Ok(());
    }
    if rule.len() > LONGEST_RULE {
        return Err(format!("the rule {} is unknown", quoted(rule, '`')));
    }
    known_rule(rule)
}

/// Whether a name in a report is that of a user's policy, which is its file.
pub fn is_policy(rule: &str) -> bool {
    Path::new(rule).extension().is_some_and(|it| it == "rego")
}

/// The letters, digits, `-` and `_` at the start of a string.
fn word(text: &str) -> &str {
    let end = text.find(|c: char| !c.is_alphanumeric() && c != '-' && c != '_');
    text.get(..end.unwrap_or(text.len())).unwrap_or_default()
}

/// The start of a string up to a space.
fn first(text: &str) -> &str {
    text.split_whitespace().next().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::{Directive, Required};

    fn read(comment: &str) -> Option<Result<Directive<'_>, String>> {
        Directive::read(comment, Required::default())
    }

    #[test]
    fn a_comment_names_rules_a_date_and_a_reason() {
        let right = [
            " harness-image-guard: ignore[no-docker-hub] until 2027-03-01 -- the mirror comes in March",
            "harness-image-guard:ignore [ no-docker-hub ]  until\t2027-03-01 --the mirror comes in March ",
            "  harness-image-guard : ignore[no-docker-hub,no-docker-hub] until 2027-03-01 -- the mirror comes in March",
        ];
        for comment in right {
            let directive = read(comment).unwrap().unwrap();
            assert_eq!(directive.rules, ["no-docker-hub"], "{comment}");
            assert_eq!(directive.until.unwrap().to_string(), "2027-03-01");
            assert_eq!(directive.reason, Some("the mirror comes in March"));
        }
        let several = "harness-image-guard: ignore[no-docker-hub, duplicate-key,policies/mine.rego] until 2027-03-01 -- a -- b";
        let several = read(several).unwrap().unwrap();
        assert_eq!(
            several.rules,
            ["no-docker-hub", "duplicate-key", "policies/mine.rego"]
        );
        assert_eq!(several.reason, Some("a -- b"));
    }

    #[test]
    fn an_ordinary_comment_is_none_of_ours() {
        for comment in [
            "",
            " a",
            "harness-image-guard",
            "checked by harness-image-guard: ignore it",
            "harness-image-guard ignores this",
            "harness-image-guards: ignore",
            "harness-image-guard runs: ignore",
            "Harness-image-guard: ignore",
        ] {
            assert_eq!(read(comment), None, "{comment}");
        }
    }

    #[test]
    fn what_is_wrong_is_said() {
        let rest = "until 2027-03-01 -- why";
        let cases = [
            (
                "ignore",
                "it has no rule (`ignore[RULE]`), no date (`until YYYY-MM-DD`) and no reason (`-- REASON`)",
            ),
            (
                "ignore no-docker-hub",
                "it has no rule (`ignore[RULE]`), no date (`until YYYY-MM-DD`) and no reason (`-- REASON`)",
            ),
            (
                "ignore until 2027-03-01",
                "it has no rule (`ignore[RULE]`) and no reason (`-- REASON`)",
            ),
            (&format!("ignore {rest}"), "it has no rule (`ignore[RULE]`)"),
            (
                &format!("ignore[] {rest}"),
                "a rule is missing in the brackets",
            ),
            (
                &format!("ignore[no-docker-hub,] {rest}"),
                "a rule is missing in the brackets",
            ),
            (
                &format!("ignore[no-docker-hub {rest}"),
                "the `]` after the rules is missing",
            ),
            ("ignore[", "the `]` after the rules is missing"),
            (
                &format!("ignore[no-dockerhub] {rest}"),
                "the rule `no-dockerhub` is unknown; did you mean `no-docker-hub`?",
            ),
            (
                &format!("ignore[syntax] {rest}"),
                "`syntax` is about the check itself, and no exception covers that",
            ),
            (
                &format!("ignore[expired-exception] {rest}"),
                "`expired-exception` is about the check itself, and no exception covers that",
            ),
            (
                &format!("disable[no-docker-hub] {rest}"),
                "`ignore` is expected after the colon, not `disable[no-docker-hub]`",
            ),
            (
                &format!("ignored[no-docker-hub] {rest}"),
                "`ignore` is expected after the colon, not `ignored[no-docker-hub]`",
            ),
            ("", "`ignore` is missing after the colon"),
            (
                "ignore[no-docker-hub] -- why",
                "it has no date (`until YYYY-MM-DD`)",
            ),
            (
                "ignore[no-docker-hub]",
                "it has no date (`until YYYY-MM-DD`) and no reason (`-- REASON`)",
            ),
            (
                "ignore[no-docker-hub] until",
                "the date after `until` is missing",
            ),
            (
                "ignore[no-docker-hub] until -- why",
                "the date after `until` is missing",
            ),
            (
                "ignore[no-docker-hub] until 2027-02-30 -- why",
                "`2027-02-30` isn't in the calendar",
            ),
            (
                "ignore[no-docker-hub] until March -- why",
                "`March` isn't a date such as `2027-03-01`",
            ),
            (
                "ignore[no-docker-hub] until 2027-03-01",
                "it has no reason (`-- REASON`)",
            ),
            (
                "ignore[no-docker-hub] until 2027-03-01 --  ",
                "it has no reason (`-- REASON`)",
            ),
            (
                "ignore[no-docker-hub] until 2027-03-01 because",
                "`--` is expected before `because`",
            ),
            (
                "ignore[no-docker-hub] till 2027-03-01 -- why",
                "`until` or `--` is expected before `till`",
            ),
        ];
        for (comment, problem) in cases {
            let comment = format!(" harness-image-guard: {comment}");
            assert_eq!(read(&comment).unwrap().unwrap_err(), problem, "{comment}");
        }
        let colon = read(" harness-image-guard ignore[no-docker-hub]").unwrap();
        assert_eq!(
            colon.unwrap_err(),
            "`harness-image-guard` has to be followed by `:`"
        );
    }

    #[test]
    fn what_is_not_required_may_be_left_out() {
        let none = Required {
            rule: false,
            until: false,
            reason: false,
        };
        let read = |comment| Directive::read(comment, none).unwrap();
        let all = read("harness-image-guard: ignore").unwrap();
        assert_eq!((all.rules.len(), all.until, all.reason), (0, None, None));
        assert_eq!(
            read("harness-image-guard: ignore -- why").unwrap().reason,
            Some("why")
        );
        // What is there has to be right all the same.
        assert!(read("harness-image-guard: ignore[nope]").is_err());
        assert!(read("harness-image-guard: ignore until 2027-02-30").is_err());
    }

    #[test]
    fn a_long_comment_is_read_in_time_and_quoted_short() {
        let long = "x".repeat(4_000_000);
        for comment in [
            format!("harness-image-guard: ignore[{long}] until 2027-03-01 -- a"),
            format!("harness-image-guard: {long}"),
            format!("harness-image-guard: ignore[no-docker-hub] until {long}"),
            format!(
                "harness-image-guard: ignore[{}",
                "no-docker-hub,".repeat(300_000)
            ),
            format!(
                "harness-image-guard: ignore[{}a.rego] until 2027-03-01",
                "duplicate-key,".repeat(300_000)
            ),
        ] {
            let problem = read(&comment).unwrap().unwrap_err();
            assert!(problem.len() < 500, "{}", problem.len());
        }
    }
}
