//! In what two catalogues differ, for people. The order of columns is none of it.

use serde_json::{Map, Value};

use super::Catalogue;

impl Catalogue {
    /// What this one says and the other does not, and the reverse; a line each.
    pub fn differences(&self, other: &Self) -> Vec<String> {
        let mut lines = Vec::new();
        compare("", &self.by_name(), &other.by_name(), &mut lines);
        lines
    }

    /// As JSON, with columns by their names.
    fn by_name(&self) -> Value {
        let mut value = serde_json::to_value(self).unwrap_or_default();
        let tables = value["tables"].as_object_mut();
        for table in tables.into_iter().flat_map(Map::values_mut) {
            let columns = table["columns"].take();
            let columns = columns.as_array().cloned().unwrap_or_default();
            let named = |column: Value| {
                column["name"].as_str().map(ToOwned::to_owned).map(|name| (name, column))
            };
            table["columns"] = Value::Object(columns.into_iter().filter_map(named).collect());
        }
        value
    }
}

fn compare(at: &str, one: &Value, other: &Value, lines: &mut Vec<String>) {
    let (Value::Object(one), Value::Object(other)) = (one, other) else {
        if one != other {
            lines.push(format!("{at}: {one} and {other}"));
        }
        return;
    };
    for (key, value) in one {
        let at = if at.is_empty() { key.clone() } else { format!("{at}.{key}") };
        match other.get(key) {
            Some(other) => compare(&at, value, other, lines),
            None => lines.push(format!("{at}: only the first has it")),
        }
    }
    for key in other.keys().filter(|key| !one.contains_key(*key)) {
        lines.push(format!("{at}.{key}: only the second has it"));
    }
}
