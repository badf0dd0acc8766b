#!/usr/bin/env node
/** The program `tf1`. */

import '../index.ts';
import { main } from './main.ts';

process.exitCode = await main(process.argv.slice(2));
