// The Worker with faults that a request asks for: what throws is something of
// JavaScript that the Go program uses in the middle of its work. Its accounts begin
// as version 1 of their tables has left them.
import entry, { Account as Current } from "../entry.js";

export class Account extends Current {
	/**
	 * @param {DurableObjectState & {id: object}} ctx
	 * @param {Env} env
	 */
	constructor(ctx, env) {
		const { sql } = ctx.storage;
		if ([...sql.exec("select 1 from sqlite_master where name = 'schema'")].length === 0)
			sql.exec(`create table schema (version integer not null);
				insert into schema values (1);
				create table self (account text not null, shipped integer not null);
				insert into self values ('token:${ctx.id}', 1);
				create table spendings (model text primary key, since integer not null, before integer not null,
					used integer not null, spent integer not null, rateSince integer not null, rateUsed integer not null) without rowid;
				insert into spendings values ('aged', 1000, 0, 7, 7, 2000, 4);
				create table charges (seq integer primary key autoincrement, model text not null, id text, body text,
					name text not null, n integer not null, time integer not null);
				create unique index ids on charges (model, id) where id is not null;
				insert into charges values (1, 'aged', 'a', 'b', 'Ada', 3, 1000), (2, 'aged', null, null, 'Ada', 4, 2000);`);
		super(ctx, env);
	}
}

/** @type {string | null} */
let fault = null;

/** @param {string} kind */
function strike(kind) {
	if (fault !== kind) return;
	fault = null;
	throw new Error(`fault: ${kind}`);
}

// The store is asked for a token within the handler, whose panics are caught.
/** @type {{ask: (...args: unknown[]) => void} | undefined} */
let context;
Object.defineProperty(globalThis, "context", {
	get: () => context,
	set(given) {
		context = given && {
			...given,
			/** @param {unknown[]} args */
			ask(...args) {
				if (args[0] === "putToken") strike("panic");
				given.ask(...args);
			},
		};
	},
});

// An answer of this many bytes or more is handed over outside of it: the program
// dies of that.
const large = 20_000;
globalThis.Uint8Array = new Proxy(Uint8Array, {
	construct(target, args) {
		if (args[0] >= large) strike("death");
		return Reflect.construct(target, args);
	},
});

export default {
	/**
	 * @param {Request} request
	 * @param {unknown} env
	 * @param {{waitUntil(p: Promise<unknown>): void}} ctx
	 */
	fetch(request, env, ctx) {
		fault = request.headers.get("X-Fault") ?? fault;
		return entry.fetch(request, env, ctx);
	},
};
