use super::{Connector, Import, import};
use crate::{Config, DEFAULT_MAX_FILE_BYTES, Guard, SourceFile};

fn read(texts: &[&str]) -> Import {
    let files: Vec<_> = texts
        .iter()
        .enumerate()
        .map(|(index, text)| SourceFile::text(format!("{index}.json"), *text))
        .collect();
    import(&files, DEFAULT_MAX_FILE_BYTES)
}

/// Reads one text and writes the list.
fn written(texts: &[&str], made_at: &str) -> String {
    let import = read(texts);
    assert_eq!(import.problems, []);
    super::list::write(&import, made_at)
}

fn docker(identifier: &str, auth: &str) -> Connector {
    Connector {
        identifier: identifier.to_owned(),
        org: None,
        project: None,
        kind: Some("DockerRegistry".to_owned()),
        url: Some("https://r.example/team".to_owned()),
        provider_type: Some("Other".to_owned()),
        auth: Some(auth.to_owned()),
        delegate_selectors: vec!["one".to_owned()],
        execute_on_delegate: None,
    }
}

/// The list with connectors and nothing else.
fn write(connectors: &[Connector], made_at: &str) -> String {
    let import = Import {
        connectors: connectors.to_vec(),
        ..Import::default()
    };
    super::list::write(&import, made_at)
}

const ANSWER: &str = r#"{"status": "SUCCESS", "correlationId": "c", "data": {"totalPages": 1, "totalItems": 2, "pageIndex": 0, "content": [
  {"connector": {"name": "Corp", "identifier": "corp", "orgIdentifier": null, "projectIdentifier": null, "type": "DockerRegistry",
    "spec": {"dockerRegistryUrl": "https://r.example/team", "providerType": "Other", "delegateSelectors": ["one"],
      "auth": {"type": "UsernamePassword", "spec": {"username": "robot", "passwordRef": "account.registry_password"}}}}, "createdAt": 1},
  {"connector": {"name": "AWS", "identifier": "aws", "orgIdentifier": "default", "projectIdentifier": "shop", "type": "Aws", "spec": {"credential": {}}}}]}}"#;

#[test]
fn an_answer_of_harness_s_api_is_read_without_credentials() {
    let read = read(&[ANSWER]);
    assert_eq!(read.problems, []);
    assert_eq!(read.connectors[0], docker("corp", "UsernamePassword"));
    let text = write(&read.connectors, "2026-11-27T04:00:00Z");
    insta::assert_snapshot!(text);
    assert!(!text.contains("robot") && !text.contains("password_"));
}

#[test]
fn one_connector_a_file_and_a_list_are_read_too() {
    let one = r#"{"status": "SUCCESS", "data": {"connector": {"identifier": "corp", "type": "DockerRegistry", "spec": {"dockerRegistryUrl": "https://r.example/team", "providerType": "Other", "delegateSelectors": ["one"], "auth": {"type": "Anonymous"}}}}}"#;
    let file = "connector:\n  identifier: corp\n  type: DockerRegistry\n  spec: {dockerRegistryUrl: https://r.example/team, providerType: Other, delegateSelectors: [one], auth: {type: Anonymous}}\n";
    let list = write(&[docker("corp", "Anonymous")], "2026-11-27");
    for text in [one, file, &list] {
        let read = read(&[text]);
        assert_eq!(read.problems, [], "{text}");
        assert_eq!(read.connectors, [docker("corp", "Anonymous")], "{text}");
    }
}

#[test]
fn terraform_s_state_is_read_in_both_forms() {
    let values = r#"{"identifier": "corp", "org_id": "", "project_id": null, "url": "https://r.example/team", "type": "Other", "credentials": CREDENTIALS, "delegate_selectors": ["one"]}"#;
    for (credentials, auth) in [
        ("[]", "Anonymous"),
        (
            r#"[{"username": "robot", "password_ref": "account.p"}]"#,
            "UsernamePassword",
        ),
    ] {
        let values = values.replace("CREDENTIALS", credentials);
        let shown = format!(
            r#"{{"format_version": "1.0", "terraform_version": "1.9.0", "values": {{"root_module": {{"resources": [{{"type": "aws_s3_bucket", "values": {{}}}}],
              "child_modules": [{{"resources": [{{"mode": "managed", "type": "harness_platform_connector_docker", "values": {values}}}]}}]}}}}}}"#
        );
        let state = format!(
            r#"{{"version": 4, "terraform_version": "1.9.0", "resources": [{{"mode": "managed", "type": "harness_platform_connector_docker", "instances": [{{"attributes": {values}}}]}},
              {{"mode": "data", "type": "harness_platform_connector_docker", "instances": [{{"attributes": {{"identifier": "other"}}}}]}}]}}"#
        );
        for text in [shown, state] {
            let read = read(&[&text]);
            assert_eq!(read.problems, [], "{text}");
            assert_eq!(read.connectors, [docker("corp", auth)], "{text}");
        }
    }
    let kinds = ["kubernetes", "gcp", "google_cloud"].map(|kind| {
        let text = format!(
            r#"{{"version": 4, "terraform_version": "1", "resources": [{{"type": "harness_platform_connector_{kind}", "instances": [{{"attributes": {{"identifier": "a"}}}}]}}]}}"#
        );
        read(&[&text]).connectors[0].kind.clone().unwrap()
    });
    assert_eq!(kinds, ["K8sCluster", "Gcp", "GoogleCloud"]);
}

#[test]
fn pages_that_are_missing_are_said_to_be() {
    let page = |index: i64| {
        format!(
            r#"{{"data": {{"totalPages": 3, "totalItems": 250, "pageIndex": {index}, "content": []}}}}"#
        )
    };
    let pages = [page(0), page(1), page(2)];
    let texts: Vec<_> = pages.iter().map(String::as_str).collect();
    assert_eq!(read(&texts).problems, []);
    let problems = read(&texts[..1]).problems;
    assert_eq!(problems.len(), 1);
    assert!(
        problems[0]
            .message
            .contains("3 pages, but only 1 was given"),
        "{}",
        problems[0].message
    );
}

#[test]
fn what_holds_no_connectors_says_why_and_the_rest_is_read() {
    for (text, message) in [
        (
            r#"{"status": "ERROR", "code": "INVALID_TOKEN", "message": "Token is not valid"}"#,
            "Token is not valid",
        ),
        (r#"{"data": {}}"#, "neither `content` nor `connector`"),
        (
            r#"{"data": {"content": [{}, {"connector": {"identifier": "aws", "orgIdentifier": "default", "projectIdentifier": "shop"}}]}}"#,
            "this item has no `connector`",
        ),
        (r#"{"data": {"content": {}}}"#, "an array of connectors"),
        (r#"{"connector": {"type": "Aws"}}"#, "has no `identifier`"),
        ("<html>", "it holds no connectors"),
        ("{", ""),
        ("", "it is empty"),
    ] {
        let read = read(&[text, ANSWER]);
        assert_eq!(read.connectors.len(), 2, "{text}");
        assert_eq!(read.problems.len(), 1, "{text}");
        assert!(
            read.problems[0].message.contains(message),
            "{text}: {}",
            read.problems[0].message
        );
    }
}

#[test]
fn any_string_comes_back_from_the_list() {
    for text in [
        "yes",
        "1.10",
        "a: b",
        "#",
        "'",
        "\"\\",
        "a\u{2028}b",
        "\u{7f}\u{85}",
        "é",
        "-",
        "https://r.example:8443/a",
        "<+input>",
        " x",
        "a:",
    ] {
        let connector = Connector {
            url: Some(text.to_owned()),
            ..docker("corp", "Anonymous")
        };
        let list = write(std::slice::from_ref(&connector), "2026-11-27");
        let read = read(&[&list]);
        let trimmed = text.trim();
        assert_eq!(read.connectors[0].url.as_deref(), Some(trimmed), "{list}");
    }
}

#[test]
fn a_check_reads_what_was_written() {
    let list = write(&read(&[ANSWER]).connectors, "2026-11-27T04:00:00Z");
    let file = SourceFile::text("harness-connectors.yaml", list).connector_list();
    let report = Guard::new(Config::default()).unwrap().check(&[file]);
    assert_eq!(report.diagnostics, []);
    assert_eq!(report.summary.documents, 2);
}

#[test]
fn a_list_keeps_its_scopes_and_the_oldest_counts() {
    let one = "madeAt: 2026-10-01T00:00:00Z\nscopes: [default/shop, account, account]\nunseenScopes: [other, default]\nconnectors: [{identifier: a, type: Aws}]\n";
    let other = "madeAt: 2026-11-01\nscopes: [other]\nconnectors: []\n";
    let list = written(&[one, other], "2026-11-27T04:00:00Z");
    insta::assert_snapshot!(list);
    // Written again, it is the same, whatever the day.
    assert_eq!(written(&[&list], "2027-01-01"), list);
    assert!(written(&[other], "2026-01-01").contains("madeAt: \"2026-01-01\"\n"));
}

#[test]
fn a_list_that_says_no_day_is_not_made_new() {
    let problems = read(&["madeAt: last week\nconnectors: []\n"]).problems;
    assert_eq!(problems.len(), 1);
    assert!(
        problems[0].message.contains("a date or time"),
        "{}",
        problems[0].message
    );
}

#[test]
fn whether_a_delegate_connects_is_read_from_every_form() {
    for (text, expected) in [
        (
            r#"{"connector": {"identifier": "a", "spec": {"executeOnDelegate": false}}}"#,
            Some(false),
        ),
        (
            r#"{"connector": {"identifier": "a", "spec": {"executeOnDelegate": true}}}"#,
            Some(true),
        ),
        (
            r#"{"connector": {"identifier": "a", "spec": {"executeOnDelegate": null}}}"#,
            None,
        ),
        (
            r#"{"version": 4, "terraform_version": "1", "resources": [{"type": "harness_platform_connector_docker", "instances": [{"attributes": {"identifier": "a", "execute_on_delegate": false}}]}]}"#,
            Some(false),
        ),
        (
            "connectors: [{identifier: a, executeOnDelegate: false}]",
            Some(false),
        ),
    ] {
        let import = read(&[text]);
        assert_eq!(import.connectors[0].execute_on_delegate, expected, "{text}");
        let list = super::list::write(&import, "2026-11-27");
        assert_eq!(read(&[&list]).connectors, import.connectors, "{list}");
    }
}

#[test]
fn a_url_loses_the_user_before_its_host_and_nothing_else() {
    for (url, without) in [
        (
            "https://bob:s3cret@r.example/team",
            "https://r.example/team",
        ),
        ("https://a@b@r.example", "https://r.example"),
        ("https://r.example/team@sha", "https://r.example/team@sha"),
        ("https://r.example?x=a@b", "https://r.example?x=a@b"),
        ("https:\\\\bob@r.example", "https:\\\\bob@r.example"),
        ("r.example/team", "r.example/team"),
        (
            "<+secrets.getValue(\"x\")>@r",
            "<+secrets.getValue(\"x\")>@r",
        ),
    ] {
        assert_eq!(super::without_user(url.to_owned()), without);
    }
}
