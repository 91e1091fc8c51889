//! What must hold of the books at any time, whatever happened: asked of the database as its owner.

use jewel_core::testing::TestApp;
use sqlx::AssertSqlSafe;

/// Queries that find nothing while all is well, and what each row would mean.
const LAWS: [(&str, &str); 5] = [
    (
        "a transfer does not sum to zero",
        "select transfer::text from credit_entries group by transfer having sum(amount) <> 0",
    ),
    (
        "a balance is not the sum of its entries",
        "select b.account::text from credit_balances b \
         left join credit_entries e on e.account = b.account \
         group by b.account, b.available, b.held \
         having coalesce(sum(e.amount) filter (where e.book = 'available'), 0) <> b.available \
             or coalesce(sum(e.amount) filter (where e.book = 'held'), 0) <> b.held",
    ),
    (
        "a finished shot's hold is open",
        "select s.id::text from shots s where s.finished_at is not null \
         and not exists (select from credit_transfers t where t.hold = s.hold)",
    ),
    (
        "an open shot's hold is ended",
        "select s.id::text from shots s where s.finished_at is null \
         and exists (select from credit_transfers t where t.hold = s.hold)",
    ),
    (
        "what a shot cost is not what became of it",
        "select s.id::text from shots s join credit_transfers t on t.hold = s.hold \
         where (s.status = 'completed') <> (t.kind = 'spend') or s.price <> t.amount",
    ),
];

/// Asks all of them.
pub async fn is_sound(test: &TestApp) {
    let mut owner = test.db().owner().await;
    for (meaning, law) in LAWS {
        let broken: Vec<String> =
            sqlx::query_scalar(AssertSqlSafe(law)).fetch_all(&mut owner).await.unwrap();
        assert!(broken.is_empty(), "{meaning}: {broken:?}");
    }
}

/// How many transfers there are of a kind.
pub async fn count(test: &TestApp, kind: &str) -> i64 {
    let mut owner = test.db().owner().await;
    sqlx::query_scalar("select count(*) from credit_transfers where kind = $1")
        .bind(kind)
        .fetch_one(&mut owner)
        .await
        .unwrap()
}
