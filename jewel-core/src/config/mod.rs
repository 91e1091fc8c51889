//! Settings, from the places that may say them: flag, environment, file, default, in this order.
//!
//! It knows no setting by name: which there are, and of which type, is read from the JSON Schema of
//! the type that is loaded. A name that this type does not have is refused wherever it stands.

mod amount;
mod error;
mod lookup;
mod nearest;
mod size;
mod sources;
mod span;

#[cfg(test)]
mod tests;

use std::collections::BTreeMap;

use schemars::{JsonSchema, schema_for};
use serde::de::DeserializeOwned;
use serde_json::{Map, Value, json};

pub use amount::AmountError;
pub use error::{Error, Fault, Origin};
pub use size::Size;
pub use sources::{FILE, Sources};
pub use span::Span;

pub(crate) use nearest::nearest;

use self::lookup::{Known, Lookup};
use self::sources::Given;

/// Loads all settings, or says everything that is wrong with them.
///
/// `T` and its sections take defaults from themselves: they carry `#[serde(default)]`.
///
/// # Errors
/// Every unknown name and every wrong value, each with its place and what was expected.
///
/// ```
/// use jewel_core::config::{Sources, Span, load};
///
/// #[derive(Default, serde::Deserialize, schemars::JsonSchema)]
/// #[serde(default)]
/// struct Settings {
///     http: Http,
/// }
///
/// #[derive(serde::Deserialize, schemars::JsonSchema)]
/// #[serde(default)]
/// struct Http {
///     /// How long a request may take.
///     deadline: Span,
/// }
///
/// impl Default for Http {
///     fn default() -> Self {
///         Self { deadline: Span::from_secs(30) }
///     }
/// }
///
/// let mut sources = Sources::default();
/// sources.set.push("http.deadline=5s".into());
/// let settings: Settings = load(&sources)?;
/// assert_eq!(settings.http.deadline, Span::from_secs(5));
///
/// sources.set.push("http.deadlin=5s".into());
/// let error = load::<Settings>(&sources).map(|_| ()).unwrap_err();
/// assert!(error.to_string().contains("did you mean `http.deadline`?"));
/// # Ok::<(), jewel_core::config::Error>(())
/// ```
pub fn load<T: DeserializeOwned + JsonSchema>(sources: &Sources) -> Result<T, Error> {
    let schema = schema_for!(T).to_value();
    let lookup = Lookup::new(&schema);
    let (given, mut faults) = sources.read(&lookup);
    let mut groups: BTreeMap<Vec<String>, Group> = BTreeMap::new();
    for given in given {
        match lookup.find(&given.key) {
            Ok(known) => add(&mut groups, given, &known, &lookup, &mut faults),
            Err(detail) => faults.push(Fault::new(&given.key, given.origin, detail)),
        }
    }
    let mut all = json!({});
    for (key, group) in groups {
        if let Err(detail) = check::<T>(&key, &group, &lookup) {
            faults.push(Fault::new(&key, group.origin, detail));
        }
        put(&mut all, &key, group.value);
    }
    if faults.is_empty() {
        serde_json::from_value(all)
            .map_err(|error| Error::of(vec![Fault::new(&[], Origin::Default, error.to_string())]))
    } else {
        Err(Error::of(faults))
    }
}

/// What is given for one setting, or for a group of them that is only right or wrong as a whole.
#[derive(Debug)]
struct Group {
    /// The merged value.
    value: Value,
    /// The last place that had a say.
    origin: Origin,
}

/// What is said of a secret instead of itself.
const WRONG_SECRET: &str = "this secret is not of the right type";

/// Adds a value to its group; later ones win.
fn add(
    groups: &mut BTreeMap<Vec<String>, Group>,
    given: Given,
    known: &Known<'_>,
    lookup: &Lookup<'_>,
    faults: &mut Vec<Fault>,
) {
    let value = match given.value.typed(known.schema, lookup) {
        Ok(value) => value,
        Err(detail) => {
            let secret = lookup.is_secret(&given.key).then(|| WRONG_SECRET.to_owned());
            faults.push(Fault::new(&given.key, given.origin, secret.unwrap_or(detail)));
            return;
        }
    };
    let (unit, rest) = given.key.split_at(known.unit.min(given.key.len()));
    let group = groups
        .entry(unit.to_vec())
        .or_insert_with(|| Group { value: Value::Null, origin: given.origin.clone() });
    put(&mut group.value, rest, value);
    group.origin = given.origin;
}

/// Sets the value at `key`, making objects on the way.
fn put(tree: &mut Value, key: &[String], value: Value) {
    let mut place = tree;
    for part in key {
        if !place.is_object() {
            *place = Value::Object(Map::new());
        }
        place = &mut place[part];
    }
    *place = value;
}

/// Whether a group's value would do, all others being default.
fn check<T: DeserializeOwned>(
    key: &[String],
    group: &Group,
    lookup: &Lookup<'_>,
) -> Result<(), String> {
    lookup.bounds(key, &group.value)?;
    let mut alone = json!({});
    put(&mut alone, key, group.value.clone());
    match serde_json::from_value::<T>(alone) {
        Ok(_) => Ok(()),
        Err(_) if lookup.is_secret(key) => Err(WRONG_SECRET.to_owned()),
        Err(error) => Err(error.to_string()),
    }
}
