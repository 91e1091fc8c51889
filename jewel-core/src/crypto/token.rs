//! Access tokens: signed, short-lived JWTs that say who a caller is.
//!
//! They are checked without asking anybody, so they cannot be taken back before they expire: keep
//! their life short.

use std::time::Duration;

use jsonwebtoken::{Algorithm, DecodingKey, EncodingKey, Header, Validation};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::KeyRing;
use crate::clock::{Clock, Timestamp};
use crate::id::Id;
use crate::tenant::{Account, User};

/// What a token says.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Claims {
    /// The person.
    sub: Uuid,
    /// The account that the person acts for.
    acc: Uuid,
    /// The end of its life, in seconds since 1970.
    exp: i64,
    /// Its making, in seconds since 1970.
    iat: i64,
}

impl Claims {
    /// The person.
    pub fn user(&self) -> Id<User> {
        Id::from_uuid(self.sub)
    }

    /// The account that the person acts for.
    pub fn account(&self) -> Id<Account> {
        Id::from_uuid(self.acc)
    }
}

/// Why a token is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Refused {
    /// It is no token of ours.
    #[error("the access token is none of ours")]
    Invalid,
    /// Its life is over.
    #[error("the access token has expired")]
    Expired,
}

/// Issues access tokens by the current key, and takes those of a former key too.
#[derive(Clone)]
pub struct Tokens {
    sign: EncodingKey,
    /// The current one first.
    check: Vec<DecodingKey>,
    rules: Validation,
    life: Duration,
    clock: Clock,
}

impl Tokens {
    /// Tokens that live for `life`.
    pub fn new(keys: &KeyRing, life: Duration, clock: Clock) -> Self {
        let keys = keys.derive_all("jewel access token v1");
        let mut rules = Validation::new(Algorithm::HS256);
        // The clock can be turned, so time is compared here and not by the library.
        rules.validate_exp = false;
        rules.required_spec_claims.clear();
        Self {
            sign: EncodingKey::from_secret(&keys[0]),
            check: keys.iter().map(|key| DecodingKey::from_secret(key)).collect(),
            rules,
            life,
            clock,
        }
    }

    /// A token for a person who acts for an account, and when it expires.
    ///
    /// # Errors
    /// Where the signature cannot be made.
    pub fn issue(
        &self,
        user: Id<User>,
        account: Id<Account>,
    ) -> Result<(String, Timestamp), jsonwebtoken::errors::Error> {
        let iat = self.clock.now().timestamp();
        let life = i64::try_from(self.life.as_secs()).unwrap_or(i64::MAX);
        let exp = iat.saturating_add(life);
        let claims = Claims { sub: user.uuid(), acc: account.uuid(), exp, iat };
        let token = jsonwebtoken::encode(&Header::new(Algorithm::HS256), &claims, &self.sign)?;
        Ok((token, Timestamp::from_timestamp(exp, 0).unwrap_or(Timestamp::MAX_UTC)))
    }

    /// What a token says.
    ///
    /// # Errors
    /// Where it is none of ours, or its life is over.
    pub fn check(&self, token: &str) -> Result<Claims, Refused> {
        let read = |key| jsonwebtoken::decode::<Claims>(token, key, &self.rules).ok();
        let data = self.check.iter().find_map(read).ok_or(Refused::Invalid)?;
        let alive = self.clock.now().timestamp() < data.claims.exp;
        if alive { Ok(data.claims) } else { Err(Refused::Expired) }
    }
}

impl std::fmt::Debug for Tokens {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Tokens").field("life", &self.life).finish_non_exhaustive()
    }
}
