//! Who is calling, once that is proven.

use crate::id::Id;
use crate::manifest::Kind;
use crate::tenant::{Account, Public, User};

/// What a request's credentials prove.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Identity {
    /// No credentials were sent.
    #[default]
    Anonymous,
    /// A person in a session, acting for an account.
    User {
        /// The person.
        user: Id<User>,
        /// The account that the person acts for.
        account: Id<Account>,
    },
}

impl Identity {
    /// The account whose rows are visible.
    pub fn account(&self) -> Option<Id<Account>> {
        match self {
            Self::Anonymous => None,
            Self::User { account, .. } => Some(*account),
        }
    }

    /// The person.
    pub fn user(&self) -> Option<Id<User>> {
        match self {
            Self::Anonymous => None,
            Self::User { user, .. } => Some(*user),
        }
    }

    /// Whether this caller is of a kind that an endpoint asks for.
    pub fn is(&self, kind: Kind) -> bool {
        match kind {
            Kind::Public => true,
            Kind::User | Kind::Account => matches!(self, Self::User { .. }),
        }
    }
}

/// A kind of caller: a marker, and what is certain of one who was admitted as it.
pub trait Proof: 'static {
    /// What is certain.
    type Known: Copy + Send + Sync + std::fmt::Debug;

    /// What these credentials prove; nothing where they are of another kind.
    fn prove(identity: &Identity) -> Option<Self::Known>;
}

impl Proof for Public {
    type Known = ();

    fn prove(_: &Identity) -> Option<()> {
        Some(())
    }
}

impl Proof for User {
    type Known = (Id<User>, Id<Account>);

    fn prove(identity: &Identity) -> Option<Self::Known> {
        match identity {
            Identity::Anonymous => None,
            Identity::User { user, account } => Some((*user, *account)),
        }
    }
}

impl Proof for Account {
    type Known = Id<Account>;

    fn prove(identity: &Identity) -> Option<Self::Known> {
        identity.account()
    }
}

/// The caller of a handler, of the kind that its `access(..)` requires.
///
/// It exists only where the guard has said yes, so it is evidence: what needs a caller's account
/// takes a `&Caller<Account>`.
pub struct Caller<K: Proof> {
    identity: Identity,
    known: K::Known,
}

impl<K: Proof> Caller<K> {
    pub(crate) fn admitted(identity: Identity) -> Option<Self> {
        K::prove(&identity).map(|known| Self { identity, known })
    }

    /// What is known of the caller.
    pub fn identity(&self) -> Identity {
        self.identity
    }
}

impl Caller<User> {
    /// The person.
    pub fn user(&self) -> Id<User> {
        self.known.0
    }

    /// The account that the person acts for.
    pub fn account(&self) -> Id<Account> {
        self.known.1
    }
}

impl Caller<Account> {
    /// The account whose rows are visible.
    pub fn account(&self) -> Id<Account> {
        self.known
    }
}

impl<K: Proof> Clone for Caller<K> {
    fn clone(&self) -> Self {
        Self { identity: self.identity, known: self.known }
    }
}

impl<K: Proof> std::fmt::Debug for Caller<K> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.identity.fmt(f)
    }
}
