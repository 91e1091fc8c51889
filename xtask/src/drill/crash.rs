//! Drill `crash`: the server is killed while it renders, and started again.
//!
//! Told by the public API alone: every order ends, a completed one is paid for once, any other
//! one has its credits back, and nothing stays held.

use std::fs;
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};
use indicatif::ProgressBar;

use super::Args;
use crate::demo::account::{self, Account};
use crate::demo::api::{Api, Shot};
use crate::demo::follow;
use crate::demo::server::{self, Server};
use crate::harness::Outcome;
use crate::workspace;

const PHOTO: &str = "examples/photos/ring.jpg";
const BEGIN_WITHIN: Duration = Duration::from_mins(1);
const LOOK_EVERY: Duration = Duration::from_millis(20);

/// Orders, kills, starts again, counts.
pub(super) fn run(_: &Args) -> Result<Outcome> {
    let program = server::build(false)?;
    let server = Server::start(&program)?;
    let mut account = Account::passing(server.base())?;
    let before = account.api().credits()?;
    let orders = order_all(account.api())?;
    until_rendering(account.api(), &orders)?;
    server.kill()?;
    eprintln!("killed with {} orders open; starting again", orders.len());

    let begin = Instant::now();
    let mut server = Server::start(&program)?;
    let restarted = begin.elapsed().as_secs_f64();
    account.move_to(server.base())?;
    let mut ended = Vec::new();
    for order in &orders {
        let shot = follow::to_the_end(account.api(), order, &ProgressBar::hidden())?;
        eprintln!("{}: {} ({} credits)", shot.style, shot.status, shot.price);
        ended.push(shot);
    }
    let settled = begin.elapsed().as_secs_f64();
    let after = account.api().credits()?;
    server.stop()?;
    let completed: Vec<&Shot> = ended.iter().filter(|shot| shot.status == "completed").collect();
    let paid: i64 = completed.iter().map(|shot| shot.price).sum();
    Ok(Outcome::new()
        .with("drill", "crash")
        .with("orders", orders.len())
        .with("completed", completed.len())
        .with("credits_before", before.balance)
        .with("credits_paid", paid)
        .with("credits_after", after.balance)
        .with("credits_held", after.held)
        .seconds("restart_s", restarted)
        .seconds("settled_s", settled)
        .gate(after.held == 0 && before.balance - paid == after.balance))
}

/// One order in each style that the credits pay for.
fn order_all(api: &Api) -> Result<Vec<String>> {
    let path = workspace::root().join(PHOTO);
    let bytes = fs::read(&path).with_context(|| format!("cannot read {}", path.display()))?;
    let photo = api.upload("ring.jpg", &bytes)?;
    let mut orders = Vec::new();
    for style in api.styles()? {
        if api.credits()?.available < style.price {
            break;
        }
        let shot = api.order(&photo.id, &style.id, &account::unguessable())?;
        orders.push(shot.id);
    }
    if orders.is_empty() {
        bail!("the starting credits pay for no style: nothing to interrupt");
    }
    Ok(orders)
}

/// Half-way: one of the orders is being rendered.
fn until_rendering(api: &Api, orders: &[String]) -> Result<()> {
    let begin = Instant::now();
    while begin.elapsed() < BEGIN_WITHIN {
        for order in orders {
            let shot = api.shot(order)?;
            if !shot.is_over() && shot.status != "queued" {
                return Ok(());
            }
        }
        thread::sleep(LOOK_EVERY);
    }
    bail!("no order was seen rendering within {} s: nothing to interrupt", BEGIN_WITHIN.as_secs())
}
