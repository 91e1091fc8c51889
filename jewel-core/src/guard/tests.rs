//! Limits, with the clock turned.

use std::net::IpAddr;
use std::time::Duration;

use chrono::TimeDelta;

use super::Identity;
use super::limit::Limiter;
use crate::clock::Clock;
use crate::id::Id;
use crate::manifest::{Limit, Per};

fn limit(count: u32, per: Per) -> Limit {
    Limit { count, window: Duration::from_mins(1), per }
}

fn peer(text: &str) -> IpAddr {
    text.parse().unwrap()
}

fn person() -> Identity {
    Identity::User { user: Id::new(), account: Id::new() }
}

#[test]
fn the_call_after_the_last_waits_for_one_refill() {
    let clock = Clock::default();
    let limiter = Limiter::new(&[limit(3, Per::Account)], &clock);
    let caller = person();
    let count = || limiter.count(peer("192.0.2.1"), &caller).unwrap();
    let remaining: Vec<u32> = (0..3).map(|_| count().remaining).collect();
    assert_eq!(remaining, [2, 1, 0]);
    let refused = count();
    let wait = refused.wait.unwrap();
    assert!(wait > Duration::from_secs(19) && wait <= Duration::from_secs(20), "{wait:?}");
    clock.turn(TimeDelta::seconds(21));
    assert_eq!(count().wait, None);
    assert!(count().wait.is_some(), "one refill allows one call");
}

#[test]
fn callers_are_counted_apart_and_strangers_not_by_account() {
    let limiter = Limiter::new(&[limit(1, Per::Account)], &Clock::default());
    let address = peer("192.0.2.1");
    assert_eq!(limiter.count(address, &person()).unwrap().wait, None);
    assert_eq!(limiter.count(address, &person()).unwrap().wait, None);
    assert_eq!(limiter.count(address, &Identity::Anonymous), None);
}

#[test]
fn an_ipv6_client_cannot_hop_within_its_network() {
    let limiter = Limiter::new(&[limit(1, Per::Ip)], &Clock::default());
    let count = |text| limiter.count(peer(text), &Identity::Anonymous).unwrap().wait.is_some();
    assert!(!count("2001:db8::1"));
    assert!(count("2001:db8::2"));
    assert!(!count("2001:db8:0:1::1"));
    assert!(!count("::ffff:192.0.2.1"));
    assert!(count("192.0.2.1"), "one address in both notations");
}

#[test]
fn the_limit_nearest_to_its_end_is_told() {
    let limits = [limit(100, Per::Ip), limit(4, Per::User)];
    let limiter = Limiter::new(&limits, &Clock::default());
    let standing = limiter.count(peer("192.0.2.1"), &person()).unwrap();
    assert_eq!((standing.limit, standing.remaining), (limits[1], 3));
}
