//! The JSON schemas of the report and the inventory in `pkg/src/report-schema.ts`, which are generated from these
//! Rust types. Tests check that they are current. The description of the server contains them, and they validate the
//! reports of shards.

use schemars::generate::SchemaSettings;

use super::Report;
use crate::Fixed;
use crate::inventory::Inventory;
use crate::typescript::assert_current;

#[test]
fn the_schemas_for_typescript_are_current() {
    let settings = SchemaSettings::draft2020_12()
        .for_serialize()
        .with(|settings| settings.definitions_path = "/components/schemas".into());
    let mut generator = settings.into_generator();
    generator.subschema_for::<Report>();
    generator.subschema_for::<Fixed>();
    generator.subschema_for::<Inventory>();
    let schemas = serde_json::to_string_pretty(&generator.take_definitions(true)).unwrap();
    assert_current(
        "pkg/src/report-schema.ts",
        "src/report and src/inventory",
        "",
        &[format!(
            "/** What the types of `report.ts` and `inventory.ts` are in JSON, by their names. */\nexport const reportSchemas = {schemas} as const;\n"
        )],
    );
}
