//! The demo's account: who it is, and which of its orders an earlier run left unfinished.
//!
//! Kept in `.jewel/demo/account.json`. The password opens a throw-away account of a server on
//! this machine and is worth nothing elsewhere.

use std::collections::hash_map::RandomState;
use std::fs;
use std::hash::{BuildHasher, Hasher};
use std::path::PathBuf;

use anyhow::{Context, Result};
use serde_json::{Value, json};

use super::api::Api;
use super::http::Refusal;
use crate::workspace;

/// An account that is logged in.
pub(crate) struct Account {
    email: String,
    password: String,
    orders: Vec<Order>,
    api: Api,
    kept_in: Option<PathBuf>,
}

/// An order that was not seen to end.
#[derive(Clone)]
pub(crate) struct Order {
    /// The shot's id.
    pub(crate) id: String,
    /// The style's id.
    pub(crate) style: String,
}

impl Account {
    /// Logs in with the kept account; signs up where there is none, or the server knows it no
    /// more.
    pub(crate) fn enter(base: &str) -> Result<Self> {
        let Some(mut account) = Self::kept(base)? else {
            return Self::sign_up(base);
        };
        match account.api.log_in(&account.email, &account.password) {
            Ok(()) => Ok(account),
            Err(error) if is_stranger(&error) => Self::sign_up(base),
            Err(error) => Err(error),
        }
    }

    /// Signs up with a new address, logs in and is kept from now on.
    pub(crate) fn sign_up(base: &str) -> Result<Self> {
        let account = Self { kept_in: Some(file()), ..Self::passing(base)? };
        account.keep()?;
        Ok(account)
    }

    /// An account that nobody keeps.
    pub(crate) fn passing(base: &str) -> Result<Self> {
        let email = format!("demo-{}@example.com", unguessable());
        let password = format!("{}-{}", unguessable(), unguessable());
        let mut api = Api::new(base);
        api.sign_up(&email, &password)?;
        api.log_in(&email, &password)?;
        Ok(Self { email, password, orders: Vec::new(), api, kept_in: None })
    }

    /// The same account at a server that was started anew.
    pub(crate) fn move_to(&mut self, base: &str) -> Result<()> {
        self.api = Api::new(base);
        self.api.log_in(&self.email, &self.password)
    }

    /// The API in this account's name.
    pub(crate) fn api(&self) -> &Api {
        &self.api
    }

    /// The orders that were not seen to end.
    pub(crate) fn open_orders(&self) -> Vec<Order> {
        self.orders.clone()
    }

    /// Remembers an order from before its end is known.
    pub(crate) fn open_order(&mut self, id: &str, style: &str) -> Result<()> {
        self.orders.push(Order { id: id.to_owned(), style: style.to_owned() });
        self.keep()
    }

    /// Forgets an order whose end is known.
    pub(crate) fn close_order(&mut self, id: &str) -> Result<()> {
        self.orders.retain(|order| order.id != id);
        self.keep()
    }

    fn kept(base: &str) -> Result<Option<Self>> {
        let Ok(text) = fs::read_to_string(file()) else {
            return Ok(None);
        };
        let value: Value = serde_json::from_str(&text)
            .with_context(|| format!("{} is damaged: delete it", file().display()))?;
        let text = |value: &Value, key: &str| value[key].as_str().unwrap_or_default().to_owned();
        let orders = value["orders"].as_array().into_iter().flatten();
        let order = |value| Order { id: text(value, "id"), style: text(value, "style") };
        Ok(Some(Self {
            email: text(&value, "email"),
            password: text(&value, "password"),
            orders: orders.map(order).collect(),
            api: Api::new(base),
            kept_in: Some(file()),
        }))
    }

    fn keep(&self) -> Result<()> {
        let Some(file) = &self.kept_in else {
            return Ok(());
        };
        let order = |order: &Order| json!({"id": order.id, "style": order.style});
        let orders: Vec<_> = self.orders.iter().map(order).collect();
        let value = json!({"email": self.email, "password": self.password, "orders": orders});
        fs::create_dir_all(workspace::demo())
            .and_then(|()| fs::write(file, format!("{value:#}\n")))
            .with_context(|| format!("cannot write {}", file.display()))
    }
}

fn file() -> PathBuf {
    workspace::demo().join("account.json")
}

/// Whether the server refused the kept account itself, as one does with a new database.
fn is_stranger(error: &anyhow::Error) -> bool {
    error.downcast_ref::<Refusal>().is_some_and(|it| matches!(it.status, 401 | 403 | 404 | 422))
}

/// Sixteen hexadecimal digits, different each time: the standard library's hash keys are random.
pub(crate) fn unguessable() -> String {
    format!("{:016x}", RandomState::new().build_hasher().finish())
}
