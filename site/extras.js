/**
 * What the page fetches when it is first wanted, in one piece: dialogs, files,
 * lessons, the panel of remote oracles.
 * @module
 */

import { h } from "./dom.js";

// Their styles come with them; without them they are plain, and work.
await new Promise((done) => {
	const href = new URL("./extras.css", import.meta.url).href;
	document.head.append(h("link", { rel: "stylesheet", href, onload: done, onerror: done }));
});

export { bring } from "./bring.js";
export { suspectTable } from "./claims.js";
export { CsvDialog } from "./csv-dialog.js";
export { openFile } from "./files.js";
export { beginFramed } from "./framed.js";
export { openHelp } from "./help.js";
export { LessonRunner } from "./lesson.js";
export { momentText } from "./moment.js";
export { Numbers } from "./numbers.js";
export { Pool } from "./pool.js";
export { playRecording } from "./recording.js";
export { RemotePanel } from "./remote-panel.js";
export { shareDialog } from "./share.js";
