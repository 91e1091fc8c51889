//! The ranks: which module stands before which. The one table of them.
//!
//! A module may import what stands before it, in a row above or to the left in its own row.
//! A new module is one word here.

/// A crate's rows of modules, the lowest first.
pub(super) struct Ladder {
    /// The crate's folder.
    pub(super) krate: &'static str,
    /// Each row's name and its modules.
    pub(super) rows: &'static [(&'static str, &'static [&'static str])],
    /// Modules that not everybody above them may import.
    pub(super) reserved: &'static [Reserved],
}

/// A module that only some may import, whatever their rank.
pub(super) struct Reserved {
    /// The module.
    pub(super) module: &'static str,
    /// Those who may.
    pub(super) importers: &'static [&'static str],
    /// Its items that are for everybody above it all the same.
    pub(super) free: &'static [&'static str],
}

/// The ladders of all crates that have one.
pub(super) const LADDERS: &[Ladder] = &[
    Ladder {
        krate: "jewel-core",
        rows: &[
            ("vocabulary", &["clock", "secret", "trace", "rule", "page", "id", "tenant", "state"]),
            ("declaration", &["manifest", "problem", "generate"]),
            ("process", &["config", "crypto", "observe"]),
            ("stores", &["db", "kv", "entity", "blob"]),
            ("outward", &["upstream"]),
            ("powers", &["audit", "guard"]),
            ("flows", &["job", "http", "live", "graph"]),
            ("assembly", &["macros", "app", "testing"]),
        ],
        reserved: &[
            // Loading is the app's; the units of which everybody's settings are made are not.
            Reserved { module: "config", importers: &["app", "testing"], free: &["Size", "Span"] },
            Reserved { module: "observe", importers: &["app", "testing"], free: &[] },
        ],
    },
    Ladder {
        krate: "jewel-app",
        rows: &[
            ("ground", &["account"]),
            ("features", &["session", "notice", "credit", "photo", "style", "model", "privacy"]),
            ("trade", &["shot", "payment"]),
            ("rule", &["admin"]),
        ],
        reserved: &[],
    },
];

impl Ladder {
    /// The ladder of a crate.
    pub(super) fn of(krate: &str) -> Option<&'static Self> {
        LADDERS.iter().find(|ladder| ladder.krate == krate)
    }

    /// How high a module stands.
    pub(super) fn height(&self, module: &str) -> Option<usize> {
        self.rows.iter().flat_map(|(_, modules)| *modules).position(|name| *name == module)
    }

    /// The name of the row a module stands in.
    pub(super) fn row(&self, module: &str) -> &'static str {
        let row = self.rows.iter().find(|(_, modules)| modules.contains(&module));
        row.map_or("no row", |(name, _)| *name)
    }

    /// Who alone may import a path's module, where that is reserved and the item is not free.
    pub(super) fn reserved_for(&self, path: &[String]) -> Option<&'static [&'static str]> {
        let (module, items) = path.split_first()?;
        let entry = self.reserved.iter().find(|entry| entry.module == *module)?;
        let free = items.first().is_some_and(|item| entry.free.contains(&item.as_str()));
        (!free).then_some(entry.importers)
    }
}
