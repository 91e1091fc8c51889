//! Looks at what an application stands on, and says what is wrong with it.

use std::process::ExitCode;

use super::jobs::{self, Checkup};
use super::serve::Ground;
use super::{App, Error};
use crate::db::{self, Db};
use crate::job::Jobs;
use crate::job::operator::{Finding, Level};

/// The oldest server that the framework is tested with.
const OLDEST: i32 = 150_000;

/// Prints what each look found; fails where one found something wrong.
pub(super) async fn doctor(
    app: &App,
    ground: Result<Ground, Error>,
    checkup: Checkup,
) -> Result<ExitCode, Error> {
    let mut findings = vec![match app.check() {
        Ok(()) => Finding::ok("parts", "fit together"),
        Err(error) => wrong("parts", &error),
    }];
    match ground {
        Err(error) => findings.push(wrong("settings", &error)),
        Ok(ground) => {
            findings.push(Finding::ok("settings", "can be read"));
            if app.has_db() {
                database(app, &ground, checkup, &mut findings).await;
            }
        }
    }
    Ok(jobs::print_findings(&findings, checkup.json))
}

/// What says itself what to do about it.
fn wrong(check: &'static str, error: &dyn std::error::Error) -> Finding {
    Finding { check, level: Level::Fail, said: error.to_string(), advice: None }
}

async fn database(app: &App, ground: &Ground, checkup: Checkup, findings: &mut Vec<Finding>) {
    let urls = match ground.urls().await {
        Ok(urls) => urls,
        Err(error) => return findings.push(wrong("database", &error)),
    };
    let mut db = match Db::new(&urls.app, &format!("{} doctor", app.name), &ground.settings.db) {
        Ok(db) => db,
        Err(error) => return findings.push(wrong("database", &error)),
    };
    match ground.keys() {
        Ok(Some(keys)) => db = db.with_keys(keys),
        Ok(None) => {}
        Err(error) => findings.push(wrong("settings", &error)),
    }
    match db.check().await {
        Err(error) => findings.push(wrong("database", &error)),
        Ok(standing) => findings.extend(server(&standing, ground.development)),
    }
    let pending = db::migrations(&urls.owner, app.migrations).await.map(|all| {
        let pending = all.into_iter().filter(|migration| !migration.applied);
        pending.map(|m| format!("{:04} {}", m.version, m.name)).collect::<Vec<_>>()
    });
    match pending {
        Err(error) => findings.push(wrong("migrations", &error)),
        Ok(pending) if !pending.is_empty() => {
            let said = format!("pending: {}", pending.join(", "));
            findings.push(Finding::new("migrations", Level::Fail, said, "run `migrate`"));
        }
        Ok(_) => {
            findings.push(Finding::ok("migrations", "all applied"));
            findings.extend(schema(app, &db).await);
            findings.extend(jobs::check_queue(app, &Jobs::new(db), checkup).await);
        }
    }
}

/// Whether the tables are those that the program was made for.
async fn schema(app: &App, db: &Db) -> Option<Finding> {
    let missing = match app.expected() {
        Ok(expected) => expected?.missing(db).await,
        Err(error) => return Some(wrong("schema", &error)),
    };
    Some(match missing {
        Err(error) => wrong("schema", &error),
        Ok(missing) if missing.is_empty() => Finding::ok("schema", "as the program means it"),
        Ok(missing) => {
            let said = format!("another than the program's: {}", missing.join("; "));
            let advice = "somebody changed it by hand: undo that, or make it a migration";
            Finding::new("schema", Level::Fail, said, advice)
        }
    })
}

/// The server's version, and the role that row-level security must bind.
fn server(standing: &db::Standing, development: bool) -> [Finding; 2] {
    let major = standing.version / 10_000;
    let oldest = OLDEST / 10_000;
    let version = if standing.version >= OLDEST {
        Finding::ok("database", format!("PostgreSQL {major} answers"))
    } else {
        let said = format!("PostgreSQL {major} is older than {oldest}");
        let advice = format!("upgrade it to PostgreSQL {oldest} or later");
        Finding::new("database", Level::Fail, said, advice)
    };
    let name = &standing.role;
    let role = if standing.unbound && !development {
        let said = format!("`{name}` passes row-level security");
        let advice = "set `db.url` to a role that is no superuser and has no BYPASSRLS, and \
                      `db.owner_url` to the owner's";
        Finding::new("role", Level::Fail, said, advice)
    } else {
        Finding::ok("role", format!("`{name}`"))
    };
    [version, role]
}
