//! Sign-up, log-in, and who am I.

use jewel_core::crypto::Tokens;
use jewel_core::db::Db;
use jewel_core::{
    Account, Body, Caller, Created, Id, Secret, State, Timestamp, Tx, User, get, input, output,
    post,
};

use super::entity::{self, Person};
use super::opening::Opening;
use super::password::Passwords;
use super::problem::{AccountProblem, LogInProblem, SignUpProblem, Signing};
use super::rules;

/// Who wants an account.
#[input]
pub struct SignUp {
    /// The address; upper and lower case are the same.
    #[garde(email, length(chars, min = 3, max = 254))]
    pub email: String,
    /// The password: 10 to 200 characters.
    #[garde(length(chars, min = 10, max = 200))]
    pub password: Secret,
}

/// Who wants in.
#[input]
pub struct LogIn {
    /// The address.
    #[garde(length(chars, min = 3, max = 254), pattern("^[^\\x00]*$"))]
    pub email: String,
    /// The password.
    #[garde(length(chars, min = 1, max = 200))]
    pub password: Secret,
}

/// A person and the account that they act for.
#[output]
pub struct AccountView {
    /// The account.
    pub id: Id<Account>,
    /// The person.
    pub user: Id<User>,
    /// The person's address.
    pub email: String,
    /// When the person signed up.
    pub created_at: Timestamp,
}

/// A session.
#[output]
pub struct Session {
    /// The access token: send it as `Authorization: Bearer …`.
    pub token: String,
    /// When it ends.
    pub expires_at: Timestamp,
}

impl From<Person> for AccountView {
    fn from(person: Person) -> Self {
        let Person { id, account, email, created_at, .. } = person;
        Self { id: account, user: id, email, created_at }
    }
}

/// Open an account.
///
/// It starts with credits as a welcome. An address opens one account only, so that sending this
/// twice opens no second one.
#[post("/v1/accounts",
    access(public),
    limit(20 / minute, per = ip),
    repeatable,
    slo(p95 = 800ms))]
pub async fn sign_up(
    form: Body<SignUp>,
    db: State<Db>,
    passwords: State<Passwords>,
    opening: State<Opening>,
) -> Result<Created<AccountView>, SignUpProblem> {
    let SignUp { email, password } = form.into_inner();
    let hash = passwords.hash(password).await?;
    let mut tx = db.begin(None).await?;
    let person = entity::open(&mut tx, &rules::address(&email), &hash).await?;
    opening.run(&mut tx, person.account).await?;
    tx.commit().await?;
    Ok(Created::at(me::path(), person.into()))
}

/// Log in.
///
/// The token is good for a short time; log in again when it has ended.
#[post("/v1/sessions",
    access(public),
    limit(30 / minute, per = ip),
    repeatable,
    slo(p95 = 800ms))]
pub async fn log_in(
    form: Body<LogIn>,
    db: State<Db>,
    passwords: State<Passwords>,
    tokens: State<Tokens>,
) -> Result<Session, LogInProblem> {
    let LogIn { email, password } = form.into_inner();
    let door = entity::door(&db, &rules::address(&email)).await?;
    let hash = door.as_ref().map(|door| door.password_hash.clone());
    let right = passwords.verify(password, hash).await?;
    let Some(door) = door.filter(|_| right) else {
        return Err(LogInProblem::WrongCredentials);
    };
    let (token, expires_at) = tokens
        .issue(door.id, door.account)
        .map_err(|error| LogInProblem::Token(Signing(error.to_string())))?;
    Ok(Session { token, expires_at })
}

/// Show who I am.
#[get("/v1/account", access(user), slo(p95 = 200ms))]
pub async fn me(caller: Caller<User>, tx: &mut Tx) -> Result<AccountView, AccountProblem> {
    let person = Person::get(tx, caller.user()).await?;
    person.map(Into::into).ok_or(AccountProblem::NotFound)
}
