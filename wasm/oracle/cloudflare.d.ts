// What the Worker uses of Cloudflare's runtime, of Go's loader and of the built
// program.

// biome-ignore lint/suspicious/noExplicitAny: the SQL says what a row holds
type Row = Record<string, any>;

interface SqlCursor extends Iterable<Row> {
	toArray(): Row[];
	one(): Row;
}

interface DurableObjectState {
	storage: {
		sql: { exec(sql: string, ...values: unknown[]): SqlCursor };
		transactionSync<T>(f: () => T): T;
		setAlarm(time: number): Promise<void>;
		deleteAll(): Promise<void>;
	};
}

interface Statement {
	bind(...values: unknown[]): Statement;
	first(): Promise<Row | null>;
	all(): Promise<{ results: Row[] }>;
	run(): Promise<{ meta: { changes: number } }>;
}

interface Env {
	DB: { prepare(sql: string): Statement; batch(list: Statement[]): Promise<unknown> };
	ACCOUNTS: {
		idFromName(name: string): object;
		get(id: object): {
			take(draw: import("./budget.js").Draw): Promise<import("./budget.js").Grant>;
			spent(model: string): Promise<number>;
		};
	};
}

declare module "cloudflare:workers" {
	export const env: Env;
	export class DurableObject {
		constructor(ctx: DurableObjectState, env: Env);
		ctx: DurableObjectState;
		env: Env;
	}
}

declare module "*.wasm" {
	const module: WebAssembly.Module;
	export default module;
}

declare class Go {
	importObject: WebAssembly.Imports;
	exit(code: number): void;
	run(instance: WebAssembly.Instance): Promise<void>;
	_resume(): void;
}

declare var context: unknown;
