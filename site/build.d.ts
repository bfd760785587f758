/** The keys of all settings of the page, in the table's order; put in by the build. */
declare const SETTING_KEYS: string[];
