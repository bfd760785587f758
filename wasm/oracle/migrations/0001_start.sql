create table models (name text primary key, text text not null, revision text not null) without rowid;

-- A token is remote.Token as JSON; of the token itself only the hash is kept.
create table tokens (hash text primary key, token text not null) without rowid;

-- One line a charge, by its number within the account. Times are milliseconds.
create table ledger (
	account text not null, seq integer not null, model text not null,
	name text not null, n integer not null, time integer not null,
	unique (account, seq)
);
create index ledger_of_model on ledger (model, time);

create table submissions (
	account text not null, model text not null, revision text not null, name text not null,
	queries integer not null, r_unif real not null, r_test real, time text not null
);
create index submissions_of_model on submissions (model, account);
