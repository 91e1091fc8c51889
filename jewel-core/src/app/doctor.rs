//! Looks at what an application stands on, and says what is wrong with it.

use std::process::ExitCode;

use super::serve::Ground;
use super::{App, Error};
use crate::db::{self, Db};

/// The oldest server that the framework is tested with.
const OLDEST: i32 = 150_000;

/// What one look found.
type Finding = Result<String, String>;

/// Prints one line for each look; fails where one found something wrong.
pub(super) async fn doctor(app: &App, ground: Result<Ground, Error>) -> Result<ExitCode, Error> {
    let mut findings = vec![("parts", told(app.check(), "fit together"))];
    match ground {
        Err(error) => findings.push(("settings", Err(error.to_string()))),
        Ok(ground) => {
            findings.push(("settings", Ok("can be read".to_owned())));
            if app.has_db() {
                database(app, &ground, &mut findings).await;
            }
        }
    }
    let mut wrong = false;
    for (what, finding) in findings {
        match finding {
            Ok(said) => println!("ok     {what}: {said}"),
            Err(said) => {
                wrong = true;
                println!("WRONG  {what}: {said}");
            }
        }
    }
    Ok(if wrong { ExitCode::FAILURE } else { ExitCode::SUCCESS })
}

fn told<T, E: std::fmt::Display>(result: Result<T, E>, good: &str) -> Finding {
    result.map(|_| good.to_owned()).map_err(|error| error.to_string())
}

async fn database(app: &App, ground: &Ground, findings: &mut Vec<(&'static str, Finding)>) {
    let urls = match ground.urls().await {
        Ok(urls) => urls,
        Err(error) => {
            findings.push(("database", Err(error.to_string())));
            return;
        }
    };
    let standing = match Db::new(&urls.app, &format!("{} doctor", app.name), &ground.settings.db) {
        Ok(db) => db.check().await,
        Err(error) => Err(error),
    };
    match standing {
        Err(error) => findings.push(("database", Err(error.to_string()))),
        Ok(standing) => {
            let version = standing.version;
            let major = version / 10_000;
            findings.push((
                "database",
                if version >= OLDEST {
                    Ok(format!("PostgreSQL {major} answers"))
                } else {
                    Err(format!("PostgreSQL {major} is older than {}", OLDEST / 10_000))
                },
            ));
            let role = &standing.role;
            findings.push((
                "role",
                if standing.unbound && !ground.development {
                    Err(format!("`{role}` passes row-level security"))
                } else {
                    Ok(format!("`{role}`"))
                },
            ));
        }
    }
    let pending = db::migrations(&urls.owner, app.migrations).await.map(|all| {
        all.into_iter().filter(|(_, applied)| !applied).map(|(name, _)| name).collect::<Vec<_>>()
    });
    findings.push((
        "migrations",
        match pending {
            Ok(pending) if pending.is_empty() => Ok("all applied".to_owned()),
            Ok(pending) => Err(format!("pending: {}; run `migrate`", pending.join(", "))),
            Err(error) => Err(error.to_string()),
        },
    ));
}
