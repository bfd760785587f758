/**
 * A request as code for other programs. The token is never in it: they read it
 * from the environment.
 * @module
 */

/**
 * @typedef {{url: string, body: string, token: boolean}} Call
 */

/** @param {string} text for a POSIX shell */
const quoted = (text) => `'${text.replaceAll("'", "'\\''")}'`;

/** @type {{name: string, write: (call: Call) => string}[]} */
export const LANGUAGES = [
	{
		name: "curl",
		write: ({ url, body, token }) =>
			[
				`curl ${quoted(url)}`,
				`-H 'Content-Type: application/json'`,
				...(token ? ['-H "Authorization: Bearer $HEIST_TOKEN"'] : []),
				`-d ${quoted(body)}`,
			].join(" \\\n  "),
	},
	{
		name: "fetch",
		write: ({ url, body, token }) =>
			[
				`const answer = await fetch(${JSON.stringify(url)}, {`,
				`  method: "POST",`,
				`  headers: { "Content-Type": "application/json"${token ? `, Authorization: \`Bearer \${HEIST_TOKEN}\`` : ""} },`,
				`  body: JSON.stringify(${body}),`,
				`});`,
				`console.log(await answer.json());`,
			].join("\n"),
	},
	{
		name: "Python",
		write: ({ url, body, token }) =>
			[
				`import json, urllib.request${token ? ", os" : ""}`,
				``,
				`request = urllib.request.Request(`,
				`    ${JSON.stringify(url)},`,
				`    data=${JSON.stringify(body)}.encode(),`,
				`    headers={"Content-Type": "application/json"${token ? `, "Authorization": "Bearer " + os.environ["HEIST_TOKEN"]` : ""}},`,
				`)`,
				`with urllib.request.urlopen(request) as answer:`,
				`    print(json.load(answer))`,
			].join("\n"),
	},
];
