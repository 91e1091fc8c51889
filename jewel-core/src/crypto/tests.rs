//! What keys prove, and what they refuse.

use std::time::Duration;

use chrono::TimeDelta;

use super::{
    KeyId, KeyRing, LinkError, LinkSigner, MasterKey, Refused, SealError, Tokens, hash_password,
    seal, sealed_under, verify_password,
};
use crate::clock::Clock;
use crate::id::Id;
use crate::secret::Secret;

fn ring() -> KeyRing {
    KeyRing::from(MasterKey::random())
}

/// The key of the vectors: the bytes from 0 to 31.
fn known() -> MasterKey {
    MasterKey::parse(&Secret::new("AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=")).unwrap()
}

#[test]
fn a_token_holds_until_its_life_is_over() {
    let clock = Clock::default();
    let tokens = Tokens::new(&ring(), Duration::from_mins(1), clock.clone());
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
    let ours = Tokens::new(&ring(), Duration::from_mins(1), clock.clone());
    let theirs = Tokens::new(&ring(), Duration::from_mins(1), clock);
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
    let signer = LinkSigner::new(&ring());
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

#[test]
fn what_was_signed_before_a_rotation_is_taken_after_it() {
    let (old, new) = (MasterKey::random(), MasterKey::random());
    let clock = Clock::default();
    let life = Duration::from_mins(1);
    let before = Tokens::new(&KeyRing::from(old.clone()), life, clock.clone());
    let (token, _) = before.issue(Id::new(), Id::new()).unwrap();
    let expires = clock.now() + TimeDelta::minutes(5);
    let signature = LinkSigner::new(&KeyRing::from(old.clone())).sign("shot 1", expires);

    let after = KeyRing::new(new.clone(), [old]);
    let tokens = Tokens::new(&after, life, clock.clone());
    assert!(tokens.check(&token).is_ok());
    let check =
        |keys: &KeyRing| LinkSigner::new(keys).check("shot 1", expires, &signature, clock.now());
    assert_eq!(check(&after), Ok(()));
    let (fresh, _) = tokens.issue(Id::new(), Id::new()).unwrap();
    assert_eq!(before.check(&fresh), Err(Refused::Invalid), "what is new has the new key");

    let retired = KeyRing::from(new);
    assert_eq!(Tokens::new(&retired, life, clock.clone()).check(&token), Err(Refused::Invalid));
    assert_eq!(check(&retired), Err(LinkError::Altered));
    clock.turn(TimeDelta::seconds(61));
    assert_eq!(tokens.check(&token), Err(Refused::Expired), "a former key gives no longer life");
}

/// Made by another implementation, from the drafts' texts alone.
const SEALED: [(&str, &str, &str, &str); 2] = [
    (
        "notes",
        "note 1",
        "by the pond",
        "v1.6b72843d4c1457b8.\
         ZGVmZ2hpamtsbW5vcHFyc3R1dnd4eXp7nN4g56p_fYswnch1th-i6m2LwmiRa0ttWzBO",
    ),
    (
        "jewel job arguments",
        "tell",
        r#"{"word":"by the pond"}"#,
        "v1.6b72843d4c1457b8.\
         ZGVmZ2hpamtsbW5vcHFyc3R1dnd4eXp7SqQ3n3AL7C4L9YZdZlWeidJIhd2S4jGoPuEUCPz95I06XhUTaIQ",
    ),
];

#[test]
fn what_is_sealed_has_this_form_for_ever() {
    let (key, id) = (known(), KeyId::of(&known()));
    assert_eq!(id.to_string(), "6b72843d4c1457b8");
    let nonce = std::array::from_fn(|at| 100 + at as u8);
    for (purpose, about, plain, sealed) in SEALED {
        let written = seal::write(&key, id, nonce, purpose, about, plain.as_bytes()).unwrap();
        assert_eq!(written, sealed);
        let opened = KeyRing::from(known()).open(purpose, about, sealed).unwrap();
        assert_eq!(opened, plain.as_bytes());
    }
    let hash = KeyRing::from(known()).hash("things", b"ring");
    assert_eq!(hash[..8], [0xe1, 0xc6, 0x0e, 0x63, 0xb7, 0x72, 0xc9, 0x25]);
}

#[test]
fn what_is_sealed_opens_as_itself_alone() {
    let keys = ring();
    let sealed = keys.seal("notes", "note 1", b"by the pond").unwrap();
    assert_eq!(sealed_under(&sealed), Some(keys.current()));
    assert_ne!(sealed, keys.seal("notes", "note 1", b"by the pond").unwrap(), "the nonce is new");
    let open = |purpose, about, text: &str| keys.open(purpose, about, text);
    assert_eq!(open("notes", "note 1", &sealed).unwrap(), b"by the pond");
    assert_eq!(open("notes", "note 2", &sealed), Err(SealError::Altered));
    assert_eq!(open("letters", "note 1", &sealed), Err(SealError::Altered));
    assert_eq!(open("notes", "note 1", ""), Err(SealError::Unknown));
    assert_eq!(open("notes", "note 1", &sealed.replace("v1", "v2")), Err(SealError::Unknown));
    let cut = sealed.rsplit_once('.').unwrap().0;
    assert_eq!(open("notes", "note 1", &format!("{cut}.AAAA")), Err(SealError::Altered));
    assert_eq!(open("notes", "note 1", &format!("{sealed}=")), Err(SealError::Altered));
    for at in cut.len() + 1..sealed.len() - 1 {
        let mut bytes = sealed.clone().into_bytes();
        bytes[at] = if bytes[at] == b'A' { b'B' } else { b'A' };
        let altered = String::from_utf8(bytes).unwrap();
        assert_eq!(open("notes", "note 1", &altered), Err(SealError::Altered), "{at}");
    }
    let other = ring();
    let lacks = Err(SealError::NoKey(keys.current()));
    assert_eq!(other.open("notes", "note 1", &sealed), lacks);
    // Another key does not become the right one by being called so.
    let renamed = sealed.replace(&keys.current().to_string(), &other.current().to_string());
    assert_eq!(other.open("notes", "note 1", &renamed), Err(SealError::Altered));
}

#[test]
fn a_ring_opens_with_all_its_keys_and_seals_with_the_current_one() {
    let [a, b, c] = [(); 3].map(|()| MasterKey::random());
    let first = KeyRing::from(a.clone());
    let second = KeyRing::new(b.clone(), [a.clone()]);
    let third = KeyRing::new(c.clone(), [b.clone(), a.clone()]);
    let sealed = |keys: &KeyRing| keys.seal("notes", "1", b"x").unwrap();
    for old in [sealed(&first), sealed(&second), sealed(&third)] {
        assert!(third.open("notes", "1", &old).is_ok());
    }
    assert_eq!(sealed_under(&sealed(&second)), Some(KeyId::of(&b)));
    assert_eq!(third.former().collect::<Vec<_>>(), [KeyId::of(&b), KeyId::of(&a)]);
    let hash = |keys: &KeyRing| keys.hash("things", b"ring");
    assert_eq!(hash(&first), hash(&third), "hashes stay equal while keys are added");
    assert_ne!(hash(&first), hash(&KeyRing::new(c, [b.clone()])), "the oldest key is gone");
    assert_ne!(hash(&first), first.hash("names", b"ring"));

    // A key that is made known before it is used changes nothing: the oldest is named last.
    let ahead = KeyRing::new(a.clone(), [b, a]);
    assert_eq!((ahead.current(), ahead.former().count()), (first.current(), 1));
    assert_eq!(hash(&ahead), hash(&first));
    assert!(ahead.open("notes", "1", &sealed(&second)).is_ok());
    assert_eq!(format!("{first:?}"), format!("[{}]", first.current()));
}

#[test]
fn a_keys_name_is_read_as_it_is_written() {
    let id = KeyId::of(&known());
    assert_eq!(KeyId::parse("6b72843d4c1457b8"), Some(id));
    for wrong in ["", "6b72843d4c1457b", "6B72843D4C1457B8", "+b72843d4c1457b8", "6b72843d4c1457bg"]
    {
        assert_eq!(KeyId::parse(wrong), None, "{wrong}");
    }
}
