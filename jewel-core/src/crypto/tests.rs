//! What keys prove, and what they refuse.

use std::time::Duration;

use chrono::TimeDelta;

use super::{LinkError, LinkSigner, MasterKey, Refused, Tokens, hash_password, verify_password};
use crate::clock::Clock;
use crate::id::Id;

#[test]
fn a_token_holds_until_its_life_is_over() {
    let clock = Clock::default();
    let tokens = Tokens::new(&MasterKey::random(), Duration::from_mins(1), clock.clone());
    let (user, account) = (Id::new(), Id::new());
    let (token, expires) = tokens.issue(user, account).unwrap();
    let claims = tokens.check(&token).unwrap();
    assert_eq!((claims.user(), claims.account()), (user, account));
    assert!(expires > clock.now());
    clock.turn(TimeDelta::seconds(61));
    assert_eq!(tokens.check(&token), Err(Refused::Expired));
}

#[test]
fn a_token_of_another_key_or_without_signature_is_refused() {
    let clock = Clock::default();
    let ours = Tokens::new(&MasterKey::random(), Duration::from_mins(1), clock.clone());
    let theirs = Tokens::new(&MasterKey::random(), Duration::from_mins(1), clock);
    let (token, _) = theirs.issue(Id::new(), Id::new()).unwrap();
    assert_eq!(ours.check(&token), Err(Refused::Invalid));
    let body = token.split('.').nth(1).unwrap();
    // {"alg":"none"}
    let unsigned = format!("eyJhbGciOiJub25lIn0.{body}.");
    assert_eq!(ours.check(&unsigned), Err(Refused::Invalid));
    assert_eq!(ours.check(""), Err(Refused::Invalid));
}

#[test]
fn a_password_opens_its_own_hash_alone() {
    let hash = hash_password("correct horse").unwrap();
    assert!(hash.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"));
    assert!(verify_password("correct horse", Some(&hash)));
    assert!(!verify_password("wrong horse", Some(&hash)));
    assert!(!verify_password("correct horse", None));
    assert!(!verify_password("correct horse", Some("no hash")));
}

#[test]
fn the_hash_of_nobody_costs_as_much_as_any() {
    let time = |hash: Option<&str>| {
        let start = std::time::Instant::now();
        verify_password("correct horse", hash);
        start.elapsed()
    };
    let hash = hash_password("other").unwrap();
    time(None);
    assert!(time(None) * 5 > time(Some(&hash)), "an unknown account would be told by the time");
}

#[test]
fn a_link_opens_its_subject_until_it_expires() {
    let signer = LinkSigner::new(&MasterKey::random());
    let now = Clock::default().now();
    let expires = now + TimeDelta::minutes(5);
    let signature = signer.sign("shot 1", expires);
    let check = |subject, expires, now| signer.check(subject, expires, &signature, now);
    assert_eq!(check("shot 1", expires, now), Ok(()));
    assert_eq!(check("shot 1", expires, expires), Err(LinkError::Expired));
    assert_eq!(check("shot 2", expires, now), Err(LinkError::Altered));
    let longer = expires + TimeDelta::minutes(5);
    assert_eq!(check("shot 1", longer, now), Err(LinkError::Altered));
}
