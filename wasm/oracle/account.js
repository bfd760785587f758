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
		this.version = this.#version();
		this.shipping = false;
	}

	/**
	 * Charges a batch, or refuses it. All is done without waiting, and so as one
	 * step; the answer leaves once it is kept.
	 *
	 * @param {import("./budget.js").Draw} draw
	 */
	take(draw) {
		if (this.version === 0 && draw.n === 0)
			return take(nothing, draw, Date.now(), () => undefined).grant;
		/** @type {import("./budget.js").Grant} */
		let grant;
		try {
			grant = this.ctx.storage.transactionSync(() => this.#take(draw));
		} catch (error) {
			this.version = this.#version(); // nothing was done
			throw error;
		}
		if (grant.verdict === granted && draw.n > 0 && !this.shipping) {
			this.shipping = true;
			this.ctx.storage.setAlarm(Date.now() + shipping);
		}
		return grant;
	}

	/** @param {import("./budget.js").Draw} draw */
	#take(draw) {
		this.#migrate(draw.account);
		const now = Date.now();
		const { model, id, body, n } = draw;
		const old = this.#spending(model);
		const { grant, spending } = take(old, draw, now, (since) => {
			const [row] = this.sql.exec(
				"select body, time from charges where model = ? and id = ?",
				model,
				id,
			);
			return row && row.time >= since ? row.body : undefined;
		});
		if (grant.verdict !== granted || n === 0) return grant;
		if (spending.before > old.before) this.#forgetIds(model, spending.before);
		const s = spending;
		this.sql.exec(
			"insert or replace into spendings values (?, ?, ?, ?, ?, ?, ?)",
			...[model, s.since, s.before, s.used, s.spent, s.rateSince, s.rateUsed],
		);
		this.sql.exec(
			"insert into charges (model, id, body, name, n, time) values (?, ?, ?, ?, ?, ?)",
			...[model, id ?? null, body ?? null, draw.name ?? "", n, now],
		);
		return grant;
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
		return this.version === 0 ? 0 : this.#spending(model).spent;
	}

	/** @param {string} model */
	#spending(model) {
		const [row] = this.sql.exec("select * from spendings where model = ?", model);
		return /** @type {import("./budget.js").Spending} */ (row ?? nothing);
	}

	/**
	 * Writes new charges into the ledger. A line that was written before is not
	 * written again, so that this may be repeated after a failure.
	 */
	async alarm() {
		const { account, shipped } = this.sql.exec("select * from self").one();
		const rows = this.sql
			.exec(
				"select seq, model, name, n, time from charges where seq > ? order by seq limit ?",
				shipped,
				bunch,
			)
			.toArray();
		const last = rows.at(-1)?.seq;
		if (last) {
			await this.env.DB.batch([
				this.env.DB.prepare(
					`insert or ignore into ledger
					select ?, value->>'seq', value->>'model', value->>'name', value->>'n', value->>'time' from json_each(?)`,
				).bind(account, JSON.stringify(rows)),
				this.env.DB.prepare(
					"delete from ledger where rowid <= (select max(rowid) from ledger) - ?",
				).bind(ledger),
			]);
			this.sql.exec("update self set shipped = ?", last);
			this.sql.exec(
				"delete from charges where seq > ? and seq <= ? and id is null",
				...[shipped, last],
			);
		}
		this.shipping = last !== undefined; // more may have come meanwhile
		if (this.shipping) await this.ctx.storage.setAlarm(Date.now() + shipping);
		else if (account.startsWith("client:")) await this.#forget();
	}

	/** Forgets an account without a token that has been quiet for long. */
	async #forget() {
		const { last } = this.sql
			.exec("select max(since, rateSince) as last from spendings order by 1 desc limit 1")
			.one();
		if (last + passing > Date.now()) return this.ctx.storage.setAlarm(last + passing);
		await this.ctx.storage.deleteAll();
		this.version = 0;
	}

	/** @returns {number} the schema's version, 0 before the first charge */
	#version() {
		if (this.sql.exec("select 1 from sqlite_master where name = 'schema'").toArray().length === 0)
			return 0;
		return this.sql.exec("select version from schema").one().version;
	}

	/** @param {string} account */
	#migrate(account) {
		if (this.version === steps.length) return;
		if (this.version === 0)
			this.sql.exec(
				"create table schema (version integer not null); insert into schema values (0)",
			);
		for (const step of steps.slice(this.version)) this.sql.exec(step);
		this.sql.exec("update schema set version = ?", steps.length);
		this.sql.exec("insert into self select ?, 0 where not exists (select 1 from self)", account);
		this.version = steps.length;
	}
}
