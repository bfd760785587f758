// What the Go program keeps: models, tokens, ledger and board in D1 (migrations/),
// budgets, rates and used ids in one Durable Object an account (account.js).
import { env } from "cloudflare:workers";

/**
 * Calls a method for store.go. Question and answer are JSON.
 *
 * @param {string} method
 * @param {string} question
 * @returns {Promise<string>}
 */
export async function call(method, question) {
	const answer = await methods[method](JSON.parse(question));
	return JSON.stringify(answer ?? null);
}

/** @param {string} name an account */
const account = (name) => env.ACCOUNTS.get(env.ACCOUNTS.idFromName(name));

/**
 * @param {string} sql
 * @param {unknown[]} values
 */
const query = (sql, ...values) => env.DB.prepare(sql).bind(...values);

/** @type {Record<string, (question: any) => Promise<unknown>>} */
const methods = {
	async models() {
		return (await query("select name, revision from models order by name").all()).results;
	},
	model: (name) => query("select text, revision from models where name = ?", name).first(),
	putModel({ name, text, revision }) {
		if (text === null) return query("delete from models where name = ?", name).run();
		return query("insert or replace into models values (?, ?, ?)", name, text, revision).run();
	},
	async token(hash) {
		const row = await query("select token from tokens where hash = ?", hash).first();
		return row && JSON.parse(row.token);
	},
	putToken: (token) =>
		query("insert or replace into tokens values (?, ?)", token.hash, JSON.stringify(token)).run(),
	take: (draw) => account(draw.account).take(draw),
	async ledger({ model, limit }) {
		const { results } = await query(
			"select time, account, name, model, n from ledger where model = ? order by time desc, seq desc limit ?",
			model,
			limit,
		).all();
		for (const row of results) row.time = new Date(row.time).toISOString();
		return results;
	},
	// The count and the row are one statement, and so one step.
	async submit(copy) {
		const queries = await account(copy.account).spent(copy.model);
		const { meta } = await query(
			`insert into submissions (account, model, revision, name, queries, r_unif, r_test, time)
			select ?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8
			where (select count(*) from submissions where account = ?1 and model = ?2) < ?9`,
			...[copy.account, copy.model, copy.revision, copy.name, queries],
			...[copy.r_unif, copy.r_test, copy.time, copy.limit],
		).run();
		return meta.changes === 1;
	},
	async board(model) {
		return (await query("select * from submissions where model = ?", model).all()).results;
	},
};
