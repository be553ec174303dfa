//! Which of a host's options can't be read.

/// A step on the way to a value.
#[derive(Clone, Copy)]
enum Step<'j> {
    /// Into an object; empty before its first key and after each of its values.
    Key(&'j str),
    /// Into an array.
    Item(usize),
}

/// The option at which reading options failed, by how many bytes of their JSON had been read: `policies[0].severity`.
/// Empty where it is about all of them.
#[must_use]
pub fn option_at(json: &str, column: usize) -> String {
    let read = json.get(..column).unwrap_or(json);
    let mut way = Vec::new();
    let mut text = "";
    let mut rest = read;
    while let Some(at) = rest.find(['"', ':', ',', '{', '[', '}', ']']) {
        let (found, after) = rest.split_at(at).1.split_at(1);
        rest = after;
        match (found, way.last_mut()) {
            ("\"", _) => (text, rest) = rest.split_at(length_of_string(rest)),
            (":", Some(Step::Key(key))) => *key = text.strip_suffix('"').unwrap_or(text),
            (",", Some(Step::Key(key))) => *key = "",
            (",", Some(Step::Item(item))) => *item += 1,
            ("{", _) => way.push(Step::Key("")),
            ("[", _) => way.push(Step::Item(0)),
            ("}" | "]", _) => {
                way.pop();
            }
            _ => {}
        }
    }
    let mut place = String::new();
    for step in way {
        match step {
            Step::Key("") => {}
            Step::Key(key) if place.is_empty() => place.push_str(key),
            Step::Key(key) => place.extend([".", key]),
            Step::Item(item) => place.extend(["[", &item.to_string(), "]"]),
        }
    }
    // The module takes them together with what they see.
    place.replacen("policies.files", "policies", 1)
}

/// The bytes of a string after its first quote, with the last one.
fn length_of_string(text: &str) -> usize {
    let mut is_escaped = false;
    let end = text.find(|c| {
        let is_end = c == '"' && !is_escaped;
        is_escaped = c == '\\' && !is_escaped;
        is_end
    });
    end.map_or(text.len(), |end| end + 1)
}

#[cfg(test)]
mod tests {
    use serde::Deserialize;

    use super::option_at;

    #[derive(Deserialize)]
    #[serde(deny_unknown_fields)]
    #[expect(dead_code, reason = "only whether it can be read counts")]
    struct Options {
        name: Option<String>,
        list: Option<Vec<Options>>,
        policies: Option<Box<Policies>>,
    }

    #[derive(Deserialize)]
    #[expect(dead_code, reason = "only whether it can be read counts")]
    struct Policies {
        files: Vec<Options>,
        limit: u8,
    }

    #[test]
    fn what_cannot_be_read_has_a_name() {
        let cases = [
            (r#"{"name":-1}"#, "name"),
            (r#"{"name":{}}"#, "name"),
            (
                r#"{"list":[{"name":"a\",{["},{"list":[]},{"name":true}]}"#,
                "list[2].name",
            ),
            (r#"{"list":[{},{"none":1}]}"#, "list[1]"),
            (r#"{"none":1}"#, ""),
            (r#"{"name":"a","list":[],"none":1}"#, ""),
            ("[1]", "[0]"),
            ("1", ""),
            (
                r#"{"policies":{"files":[{"name":"é"},{"name":[1]}],"limit":1}}"#,
                "policies[1].name",
            ),
            (r#"{"policies":{"files":[],"limit":1.5}}"#, "policies.limit"),
            (r#"{"policies":{"files":[]}}"#, "policies"),
            (r#"{"name":"\ud800"}"#, "name"),
        ];
        for (json, place) in cases {
            let error = serde_json::from_str::<Options>(json).err().unwrap();
            assert_eq!(option_at(json, error.column()), place, "{json}: {error}");
        }
    }
}
