// One account, a token or a client without one: a Durable Object, of which there
// is one in the world, and which does one thing at a time.
import { DurableObject } from "cloudflare:workers";
import { granted, nothing, take } from "./budget.js";

/** The schema, one step a version. Steps are added, never changed. */
const steps = [
	`create table self (account text not null, shipped integer not null);
	create table spendings (model text primary key, since integer not null, before integer not null,
		used integer not null, spent integer not null, rateSince integer not null, rateUsed integer not null) without rowid;
	create table charges (seq integer primary key autoincrement, model text not null, id text, body text,
		name text not null, n integer not null, time integer not null);
	create unique index ids on charges (model, id) where id is not null;`,
	// A charge holds the spending after it, so that one row is written and not two;
	// spendings has that of the charges which are in the ledger.
	`alter table charges rename to old;
	drop index ids;
	create table charges (seq integer primary key, model text not null, id text, body text,
		name text not null, n integer not null, time integer not null, spending text);
	insert into charges select *, null from old;
	drop table old;
	create unique index ids on charges (model, id) where id is not null;`,
];

/** Milliseconds from a charge to its line in the ledger. */
const shipping = 1000;
/** Lines in one go, and lines that the ledger keeps at least. */
const [bunch, ledger] = [1000, 100_000];
/** Milliseconds that those without a token are remembered: 48 hours. */
const passing = 48 * 3600_000;

export class Account extends DurableObject {
	/**
	 * @param {DurableObjectState} ctx
	 * @param {Env} env
	 */
	constructor(ctx, env) {
		super(ctx, env);
		this.sql = ctx.storage.sql;
		this.shipping = false;
		this.#read();
	}

	/** Reads what is kept. Nothing else writes it, so that it need not be read again. */
	#read() {
		/** The schema's version, 0 before the first charge. */
		this.version = this.#version();
		/** @type {Map<string, import("./budget.js").Spending>} of each model */
		this.spendings = new Map();
		/** The number of the last charge. */
		this.seq = 0;
		if (this.version === 0) return;
		if (this.version < steps.length) this.ctx.storage.transactionSync(() => this.#migrate());
		this.version = steps.length;
		for (const { model, ...spending } of this.sql.exec("select * from spendings"))
			this.spendings.set(model, /** @type {import("./budget.js").Spending} */ (spending));
		this.seq = this.sql
			.exec("select max(shipped, (select coalesce(max(seq), 0) from charges)) as last from self")
			.one().last;
		for (const { model, spending } of this.sql.exec(
			"select model, spending from charges where seq > (select shipped from self) and spending is not null order by seq",
		))
			this.spendings.set(model, JSON.parse(spending));
	}

	/**
	 * Charges a batch, or refuses it. All is done without waiting, and so as one
	 * step; the answer leaves once it is kept.
	 *
	 * @param {import("./budget.js").Draw} draw
	 */
	take(draw) {
		const now = Date.now();
		const { model, id, body, n } = draw;
		const old = this.spendings.get(model) ?? nothing;
		const { grant, spending } = take(old, draw, now, (since) => this.#bodyOf(model, id, since));
		if (grant.verdict !== granted || n === 0) return grant;
		if (this.version === 0) this.#begin(draw.account, now);
		if (spending.before > old.before) this.#forgetIds(model, spending.before);
		this.sql.exec(
			"insert into charges values (?, ?, ?, ?, ?, ?, ?, ?)",
			...[this.seq + 1, model, id ?? null, body ?? null],
			...[draw.name ?? "", n, now, JSON.stringify(spending)],
		);
		this.seq++;
		this.spendings.set(model, spending);
		if (!this.shipping) {
			this.shipping = true;
			this.ctx.storage.setAlarm(now + shipping);
		}
		return grant;
	}

	/**
	 * The body that came under an id, unless that was before a time.
	 *
	 * @param {string} model
	 * @param {string | undefined} id
	 * @param {number} since
	 */
	#bodyOf(model, id, since) {
		if (this.version === 0) return undefined;
		const [row] = this.sql.exec(
			"select body, time from charges where model = ? and id = ?",
			...[model, id],
		);
		return row && row.time >= since ? row.body : undefined;
	}

	/**
	 * Forgets the ids of charges before a time. Those that the ledger does not have
	 * yet stay, without them.
	 *
	 * @param {string} model
	 * @param {number} time
	 */
	#forgetIds(model, time) {
		this.sql.exec(
			"delete from charges where model = ? and time < ? and seq <= (select shipped from self)",
			...[model, time],
		);
		this.sql.exec("update charges set id = null where model = ? and time < ?", model, time);
	}

	/**
	 * Queries that the account has ever paid for.
	 *
	 * @param {string} model
	 */
	spent(model) {
		return (this.spendings.get(model) ?? nothing).spent;
	}

	/**
	 * Writes new charges into the ledger. A line that was written before is not
	 * written again, so that this may be repeated after a failure.
	 */
	async alarm() {
		const { account, shipped } = this.sql.exec("select * from self").one();
		const rows = this.sql
			.exec(
				"select seq, model, name, n, time, spending from charges where seq > ? order by seq limit ?",
				shipped,
				bunch,
			)
			.toArray();
		if (rows.length > 0) {
			await this.env.DB.batch([
				this.env.DB.prepare(
					`insert or ignore into ledger
					select ?, value->>'seq', value->>'model', value->>'name', value->>'n', value->>'time' from json_each(?)`,
				).bind(account, JSON.stringify(rows, ["seq", "model", "name", "n", "time"])),
				this.env.DB.prepare(
					"delete from ledger where rowid <= (select max(rowid) from ledger) - ?",
				).bind(ledger),
			]);
			this.ctx.storage.transactionSync(() => this.#shipped(shipped, rows));
		}
		this.shipping = rows.length > 0; // more may have come meanwhile
		if (this.shipping) await this.ctx.storage.setAlarm(Date.now() + shipping);
		else if (account.startsWith("client:")) await this.#forget();
	}

	/**
	 * Keeps that the charges after one are in the ledger. Of those without an id
	 * only what was spent is left.
	 *
	 * @param {number} after
	 * @param {Row[]} rows
	 */
	#shipped(after, rows) {
		const last = rows[rows.length - 1].seq;
		for (const [model, spending] of new Map(rows.map((row) => [row.model, row.spending]))) {
			if (spending === null) continue;
			const s = /** @type {import("./budget.js").Spending} */ (JSON.parse(spending));
			this.sql.exec(
				"insert or replace into spendings values (?, ?, ?, ?, ?, ?, ?)",
				...[model, s.since, s.before, s.used, s.spent, s.rateSince, s.rateUsed],
			);
		}
		this.sql.exec("update self set shipped = ?", last);
		this.sql.exec(
			"delete from charges where seq > ? and seq <= ? and id is null",
			...[after, last],
		);
	}

	/** Forgets an account without a token that has been quiet for long. */
	async #forget() {
		const last = Math.max(
			...[...this.spendings.values()].map((s) => Math.max(s.since, s.rateSince)),
		);
		if (last + passing > Date.now()) return this.ctx.storage.setAlarm(last + passing);
		await this.ctx.storage.deleteAll();
		this.#read();
	}

	/** @returns {number} */
	#version() {
		if (this.sql.exec("select 1 from sqlite_master where name = 'schema'").toArray().length === 0)
			return 0;
		return this.sql.exec("select version from schema").one().version;
	}

	/**
	 * Makes the tables of an account that has none. Its charges are numbered from the
	 * time on, so that one which was forgotten and comes again takes no number twice.
	 *
	 * @param {string} account
	 * @param {number} now
	 */
	#begin(account, now) {
		this.ctx.storage.transactionSync(() => {
			this.sql.exec(
				"create table schema (version integer not null); insert into schema values (0)",
			);
			this.#migrate();
			this.sql.exec("insert into self values (?, ?)", account, now);
		});
		this.seq = now;
		this.version = steps.length;
	}

	#migrate() {
		for (const step of steps.slice(this.version)) this.sql.exec(step);
		this.sql.exec("update schema set version = ?", steps.length);
	}
}
