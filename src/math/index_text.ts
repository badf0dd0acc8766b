/** Python's brackets in the words that mathjs's parser knows: what a slice leaves out is spelled out. */

/** `text` with `None` for each part that a slice inside brackets leaves out, and `Ellipsis` for `...`. */
export function spelledOut(text: string): string {
  const open: string[] = [];
  let result = '';
  let quote = '';
  for (let i = 0; i < text.length; i++) {
    const c = text[i]!;
    if (quote !== '') {
      if (c === quote) quote = '';
      result += c;
    } else if (c === '"' || (c === "'" && !/[\w)\].']\s*$/.test(result))) {
      quote = c;
      result += c;
    } else if (text.startsWith('...', i)) {
      result += 'Ellipsis';
      i += 2;
    } else {
      if ('([{'.includes(c)) open.push(c);
      else if (')]}'.includes(c)) open.pop();
      result += c === ':' && open.at(-1) === '[' ? colon(result, text.slice(i + 1)) : c;
    }
  }
  return result;
}

/** A colon with `None` on the sides where nothing is written. */
function colon(before: string, after: string): string {
  const start = /[[,:]\s*$/.test(before) ? 'None' : '';
  const stop = /^\s*[\],]/.test(after) ? 'None' : '';
  return `${start}:${stop}`;
}
