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

    /// In what the schema of a running database falls short of this one. What it has beside is its
    /// operators' business (an index, a table), as long as nobody sees more or may do more by it.
    pub fn misses(&self, live: &Self) -> Vec<String> {
        let mut live = live.clone();
        live.tables.retain(|name, _| self.tables.contains_key(name));
        live.views.retain(|name, _| self.views.contains_key(name));
        live.functions.retain(|name, _| self.functions.contains_key(name));
        live.extensions.retain(|name| self.extensions.contains(name));
        live.others.retain(|other| self.others.contains(other));
        for (name, table) in &mut live.tables {
            let Some(meant) = self.tables.get(name) else { continue };
            table.indexes.retain(|index, _| meant.indexes.contains_key(index));
            table.columns.retain(|column| {
                let optional = column.null || column.default.is_some();
                meant.column(&column.name).is_some() || !optional && column.generated.is_none()
            });
        }
        self.differences(&live)
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
