/**
 * The script of pages that are text: the theme.
 * @module
 */

import { wireTheme } from "./theme.js";

wireTheme();
