//! `providers.aws.sign_req`: signs requests with version 4 of AWS's signatures. It sends nothing.

use std::collections::BTreeMap;

use hmac::{Hmac, KeyInit, Mac};
use sha2::{Digest, Sha256};

use super::encoding::hex;
use super::schema::Reference;
use super::time::compact;
use super::{Builtin, Failure, Host, Outcome, bounded, operand, uri};
use values::{Object, Value, json};

pub(super) const TABLE: &[Builtin] = &[bounded(
    "providers.aws.sign_req",
    "(request: object[string: any], aws_config: object[string: any], time_ns: number) => signed_request: object[any: any]",
    sign_request,
)];

/// The parameters that a request may have, which are those of `http.send`.
const PARAMETERS: [&str; 28] = [
    "method",
    "url",
    "body",
    "enable_redirect",
    "force_json_decode",
    "force_yaml_decode",
    "headers",
    "raw_body",
    "tls_use_system_certs",
    "tls_ca_cert",
    "tls_ca_cert_file",
    "tls_ca_cert_env_variable",
    "tls_client_cert",
    "tls_client_cert_file",
    "tls_client_cert_env_variable",
    "tls_client_key",
    "tls_client_key_file",
    "tls_client_key_env_variable",
    "tls_insecure_skip_verify",
    "tls_server_name",
    "timeout",
    "cache",
    "force_cache",
    "force_cache_duration_seconds",
    "raise_error",
    "caching_mode",
    "max_retry_attempts",
    "cache_ignored_headers",
];

/// The fields that the configuration must have.
const REQUIRED: [&str; 4] = [
    "aws_service",
    "aws_access_key",
    "aws_secret_access_key",
    "aws_region",
];

/// Headers that aren't signed, because a proxy may change them.
const IGNORED: [&str; 3] = ["authorization", "user-agent", "x-amzn-trace-id"];

fn sign_request(host: &mut dyn Host, args: &[Value]) -> Outcome {
    let request = operand::object(args, 0)?;
    let config = operand::object(args, 1).map_err(|_| {
        let got = args.get(1).map_or("", Value::type_name);
        Failure::Type(format!("operand 1 must be object but got {got}"))
    })?;
    check_configuration(config)?;
    let Some(time) = operand::number(args, 2)?.as_i64() else {
        let why = "could not convert time_ns value into a unix timestamp";
        return Err(operand(3, why));
    };
    check_request(request)?;
    let url = text(request, "url");
    if let Some(error) = uri::error(url) {
        return Err(Failure::Failed(error));
    }
    let url = Reference::parse(url).map_err(Failure::Failed)?;
    let body = match (request.field("raw_body"), request.field("body")) {
        (Some(raw), _) => raw.as_str().unwrap_or_default().to_owned(),
        (None, Some(body)) => json::write(body),
        (None, None) => String::new(),
    };
    host.charge_text(body.len().saturating_mul(2) + url.path().len())?;
    let content = match config.field("disable_payload_signing") {
        Some(Value::Bool(true)) => "UNSIGNED-PAYLOAD".to_owned(),
        None | Some(Value::Bool(false)) => hex(&Sha256::digest(body.as_bytes())),
        Some(_) => {
            let why = "invalid value for 'disable_payload_signing' in AWS config";
            return Err(operand(2, why));
        }
    };
    let date = compact(time);
    let own = own_headers(config, &url, &content, &date);
    let mut signed = own.clone();
    let mut all: BTreeMap<String, String> = BTreeMap::new();
    if let Some(Value::Object(headers)) = request.field("headers") {
        for (name, value) in headers.iter() {
            let name = name.as_str().unwrap_or_default();
            let value = value.as_str().unwrap_or_default();
            host.charge_text(name.len() + value.len())?;
            let lower = name.to_lowercase();
            if !IGNORED.contains(&lower.as_str()) {
                signed.insert(lower, value.to_owned());
            }
            all.insert(name.to_owned(), value.to_owned());
        }
    }
    let method = text(request, "method");
    let authorization = authorization(config, method, &url, &signed, &content, &date);
    all.insert("Authorization".to_owned(), authorization);
    all.extend(own);
    let mut out = request.clone();
    let headers = all
        .into_iter()
        .map(|(name, value)| (name, Value::from(value)));
    out.insert("headers".into(), Value::object(headers));
    Ok(Some(out.into()))
}

fn check_configuration(config: &Object) -> Result<(), Failure> {
    let missing = "missing required AWS config";
    refuse_fields(REQUIRED, |name| config.field(name).is_none(), 2, missing)?;
    let invalid = "invalid values for required AWS config";
    refuse_fields(REQUIRED, |name| !is_text(config, name), 2, invalid)
}

fn check_request(request: &Object) -> Result<(), Failure> {
    let unknown: Vec<_> = request
        .keys()
        .filter(|key| !key.as_str().is_some_and(|key| PARAMETERS.contains(&key)))
        .cloned()
        .collect();
    if !unknown.is_empty() {
        let unknown = Value::set(unknown);
        return Err(operand(
            1,
            format!("invalid request parameters(s): {unknown}"),
        ));
    }
    let asked = ["method", "url"];
    let missing = "missing required request";
    refuse_fields(asked, |name| request.field(name).is_none(), 1, missing)?;
    match request.field("headers") {
        None | Some(Value::Object(_)) => {}
        Some(other) => {
            let got = other.type_name();
            return Err(operand(0, format!("must be object but got {got}")));
        }
    }
    let invalid = "invalid values for required request";
    refuse_fields(asked, |name| !is_text(request, name), 1, invalid)
}

/// The headers that the signature adds.
fn own_headers(
    config: &Object,
    url: &Reference,
    content: &str,
    date: &str,
) -> BTreeMap<String, String> {
    let mut own = BTreeMap::new();
    own.insert("host".to_owned(), url.host().to_owned());
    own.insert("x-amz-date".to_owned(), date.to_owned());
    if matches!(text(config, "aws_service"), "s3" | "glacier") {
        own.insert("x-amz-content-sha256".to_owned(), content.to_owned());
    }
    let token = text(config, "aws_session_token");
    if !token.is_empty() {
        own.insert("x-amz-security-token".to_owned(), token.to_owned());
    }
    own
}

fn is_text(object: &Object, name: &str) -> bool {
    let value = object.field(name);
    value.is_none_or(|value| value.as_str().is_some())
}

fn authorization(
    config: &Object,
    method: &str,
    url: &Reference,
    headers: &BTreeMap<String, String>,
    content: &str,
    date: &str,
) -> String {
    let service = text(config, "aws_service");
    let region = text(config, "aws_region");
    let day = date.get(..8).unwrap_or_default();
    let names: Vec<&str> = headers.keys().map(String::as_str).collect();
    let names = names.join(";");
    let mut lines = String::new();
    for (name, value) in headers {
        lines.extend([name, ":", value, "\n"]);
    }
    let request = format!(
        "{method}\n{}\n{}\n{lines}\n{names}\n{content}",
        url.path(),
        url.query()
    );
    let scope = format!("{day}/{region}/{service}/aws4_request");
    let request = hex(&Sha256::digest(request.as_bytes()));
    let to_sign = format!("AWS4-HMAC-SHA256\n{date}\n{scope}\n{request}");
    let secret = format!("AWS4{}", text(config, "aws_secret_access_key"));
    let key = [day, region, service, "aws4_request"]
        .into_iter()
        .fold(secret.into_bytes(), |key, part| mac(part, &key));
    let signature = hex(&mac(&to_sign, &key));
    let access = text(config, "aws_access_key");
    format!(
        "AWS4-HMAC-SHA256 Credential={access}/{scope},SignedHeaders={names},Signature={signature}"
    )
}

fn mac(message: &str, key: &[u8]) -> Vec<u8> {
    // Keys may have any length.
    <Hmac<Sha256> as KeyInit>::new_from_slice(key)
        .map(|mac| {
            mac.chain_update(message.as_bytes())
                .finalize()
                .into_bytes()
                .to_vec()
        })
        .unwrap_or_default()
}

fn text<'v>(object: &'v Object, name: &str) -> &'v str {
    object
        .field(name)
        .and_then(Value::as_str)
        .unwrap_or_default()
}

fn operand(place: usize, why: impl std::fmt::Display) -> Failure {
    Failure::Type(format!("operand {place} {why}"))
}

/// Refuses field names that aren't allowed.
fn refuse_fields<const N: usize>(
    names: [&str; N],
    is_wrong: impl Fn(&str) -> bool,
    place: usize,
    what: &str,
) -> Result<(), Failure> {
    let wrong: Vec<Value> = names
        .into_iter()
        .filter(|name| is_wrong(name))
        .map(Value::from)
        .collect();
    if wrong.is_empty() {
        return Ok(());
    }
    let wrong = Value::set(wrong);
    Err(operand(place, format!("{what} parameters(s): {wrong}")))
}
