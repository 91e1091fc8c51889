//! Jewelshot: a photo of a piece of jewellery goes in, studio shots come out.
//!
//! Features stand in rank order: `account` ← `credit`, `photo`, `style` ← `shot`. Each is a folder
//! of the same rooms: `api` (what callers say), `rules` (decisions, pure), `entity` (all its SQL),
//! `jobs` (what is done later), `problem` (what callers are told). What a lower feature needs of a
//! higher one is handed in here.

pub mod account;
pub mod credit;
pub mod photo;
pub mod shot;
pub mod style;

use jewel_core::App;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use sqlx::migrate::Migrator;

/// The application's own tables.
static MIGRATIONS: Migrator = sqlx::migrate!("./migrations");

/// The application's own settings, section `app`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Settings {
    /// The credits.
    pub credit: credit::Settings,
    /// The photos.
    pub photo: photo::Settings,
    /// The styles.
    pub style: style::Settings,
    /// The shots.
    pub shot: shot::Settings,
}

/// The application.
pub fn app() -> App {
    App::new("jewel-app", env!("CARGO_PKG_VERSION"))
        .title("Jewelshot")
        .description("A photo of a piece of jewellery goes in, studio shots come out.")
        .license(env!("CARGO_PKG_LICENSE"))
        .migrations(&MIGRATIONS)
        .schema(include_str!("../migrations/schema.json"))
        .settings::<Settings>()
        .state(|_| Ok(account::Passwords::default()))
        .state(|setup| {
            let settings = setup.states.get::<Settings>()?;
            Ok(account::Opening::default().with(credit::welcome(&settings.credit)))
        })
        .state(|setup| {
            let settings = setup.states.get::<Settings>()?;
            Ok(photo::Inspector::new(shot::inspect, &settings.photo))
        })
        .state(|setup| Ok(shot::catalogue(&setup.states.get::<Settings>()?.style)))
        .state(|setup| Ok(setup.states.get::<Settings>()?.shot.clone()))
        .state(|setup| {
            let settings = setup.states.get::<Settings>()?;
            Ok(shot::Rendering::new(shot::Studio::new(&settings.shot)))
        })
        .module(account::module())
        .module(credit::module())
        .module(style::module())
        .module(photo::module())
        .module(shot::module())
}
