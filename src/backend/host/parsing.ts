/** Kernels that parse text and bytes: CSV, JSON, tensors, and what is compressed. */

import type { DType, Text } from '../../core/dtype.ts';
import { string } from '../../core/dtype.ts';
import { InvalidArgumentError, withHint } from '../../core/errors.ts';
import type { Attrs, Value } from '../../core/kernels.ts';
import { bytesOfText, textOfBytes } from '../../core/text.ts';
import { exampleOfJson } from '../../formats/example_json.ts';
import { sourceOf, streamOf } from '../../formats/streams.ts';
import { parseTensor, serializeTensor } from '../../formats/tensor_bytes.ts';
import { kernel } from '../registry.ts';
import { invalid, shapeText } from './box.ts';
import { numberOf } from './strings.ts';

// ---- comma-separated values --------------------------------------------------------------------

const NEWLINE = 10;
const RETURN = 13;
const QUOTE = 34;

interface Format {
  readonly delimiter: number;
  readonly quotes: boolean;
  readonly missing: string;
  /** The columns that are wanted, in order; none for all. */
  readonly columns: readonly number[];
}

function formatOf({ field_delim, use_quote_delim, na_value, select_cols }: Attrs): Format {
  const delimiter = bytesOfText(field_delim as Text);
  if (delimiter.length !== 1) invalid('field_delim should be only 1 char');
  return {
    delimiter: delimiter[0]!,
    quotes: use_quote_delim as boolean,
    missing: String(na_value),
    columns: select_cols as readonly number[],
  };
}

/** The wanted fields of a line, by the rules of RFC 4180; line ends between fields are passed over. */
function fieldsOf(line: Uint8Array, format: Format): Text[] {
  const { delimiter, quotes, columns } = format;
  const fields: Text[] = [];
  const isWanted = () => columns.length === 0 || columns[fields.length] === parsed;
  let parsed = 0;
  let at = 0;
  while (at < line.length) {
    if (line[at] === NEWLINE || line[at] === RETURN) {
      at++;
      continue;
    }
    const read = quotes && line[at] === QUOTE ? quotedField : plainField;
    const field = read(line, at, format);
    at = field.next;
    if (isWanted()) {
      fields.push(textOfBytes(field.bytes));
      if (fields.length === columns.length) return fields;
    }
    parsed++;
  }
  if (line.length > 0 && isWanted() && line[line.length - 1] === delimiter) fields.push('');
  return fields;
}

interface Field {
  readonly bytes: Uint8Array;
  /** Where the next one begins. */
  readonly next: number;
}

function plainField(line: Uint8Array, start: number, { delimiter, quotes }: Format): Field {
  let end = start;
  for (; end < line.length && line[end] !== delimiter; end++) {
    const byte = line[end];
    if ((quotes && byte === QUOTE) || byte === NEWLINE || byte === RETURN) {
      invalid('Unquoted fields cannot have quotes/CRLFs inside');
    }
  }
  return { bytes: line.slice(start, end), next: end + 1 };
}

function quotedField(line: Uint8Array, start: number, { delimiter }: Format): Field {
  const bytes = new Uint8Array(line.length - start);
  let size = 0;
  let at = start + 1;
  while (at < line.length - 1 && (line[at] !== QUOTE || line[at + 1] !== delimiter)) {
    if (line[at] === QUOTE) {
      if (line[at + 1] !== QUOTE) {
        invalid('Quote inside a string has to be escaped by another quote');
      }
      at++;
    }
    bytes[size++] = line[at++]!;
  }
  if (line[at] !== QUOTE || (at !== line.length - 1 && line[at + 1] !== delimiter)) {
    invalid('Quoted field has to end with quote followed by delim or end');
  }
  return { bytes: bytes.slice(0, size), next: at + 2 };
}

kernel('DecodeCSV', ([records, ...defaults], attrs, context) => {
  const format = formatOf(attrs);
  const types = attrs.OUT_TYPE as readonly DType[];
  if (format.columns.length > 0 && format.columns.length !== types.length) {
    invalid('select_cols should match output size');
  }
  defaults.forEach(({ size }, i) => {
    if (size > 1) {
      invalid(`There should only be 1 default per field but field ${i} has ${size}`);
    }
  });
  const outputs = types.map((dtype) => context.zeros(dtype, records!.shape));
  (records!.data as Text[]).forEach((record, i) => {
    const fields = fieldsOf(bytesOfText(record), format);
    if (fields.length !== types.length) {
      invalid(`Expect ${types.length} fields but have ${fields.length} in record ${i}`);
    }
    fields.forEach((field, f) => {
      const value = fieldValue(field, types[f]!, defaults[f]!, format, `Field ${f}`, i);
      (outputs[f]!.data as unknown[])[i] = value;
    });
  });
  return outputs;
});

function fieldValue(
  field: Text,
  dtype: DType,
  fallback: Value,
  { missing }: Format,
  where: string,
  record: number,
): number | Text {
  if (field.length === 0 || field === missing) {
    if (fallback.size === 1) return fallback.data[0]!;
    invalid(`${where} is required but missing in record ${record}!`);
  }
  if (dtype === string) return field;
  const number = numberOf(field, dtype);
  if (number !== null) return number;
  return invalid(`${where} in record ${record} is not a valid ${dtype.row.text}: ${field}`);
}

// ---- tensors and compressed bytes --------------------------------------------------------------

kernel('ParseTensor', ([serialized], { out_type }, context) => {
  if (serialized!.shape.length > 0) {
    invalid(`Expected \`serialized\` to be a scalar, got shape: ${shapeText(serialized!.shape)}`);
  }
  const { dtype, shape, data } = parseTensor(bytesOfText((serialized!.data as Text[])[0]!));
  if (dtype === out_type) return context.wrap(dtype, shape, data);
  const [found, wanted] = [dtype.row.text, (out_type as DType).row.text];
  return invalid(`Type mismatch between parsed tensor (${found}) and dtype (${wanted})`);
});

kernel('SerializeTensor', ([tensor], _attrs, context) => {
  const { dtype, shape, data } = tensor!;
  return context.wrap(string, [], [textOfBytes(serializeTensor({ dtype, shape, data }))]);
});

kernel('DecodeCompressed', ([bytes], { compression_type }, context) => {
  const type = String(compression_type);
  if (type !== '' && type !== 'ZLIB' && type !== 'GZIP') {
    invalid('Only ZLIB, GZIP or NONE are supported compressions');
  }
  const texts = bytes!.data as Text[];
  const inflated = texts.map((text) =>
    type === ''
      ? text
      : textOfBytes(streamOf(sourceOf(bytesOfText(text)), type).take(Number.POSITIVE_INFINITY)),
  );
  return context.wrap(string, bytes!.shape, inflated);
});

kernel('DecodeJSONExample', ([examples], _attrs, context) => {
  const texts = examples!.data as Text[];
  const serialized = texts.map((text) => {
    try {
      return textOfBytes(exampleOfJson(String(text)).SerializeToString());
    } catch (error) {
      const why = error instanceof Error ? error.message : String(error);
      throw new InvalidArgumentError(
        null,
        null,
        withHint(`Error while parsing JSON: ${why}`, `The text begins with ${start(text)}.`),
      );
    }
  });
  return context.wrap(string, examples!.shape, serialized);
});

function start(text: Text): string {
  return JSON.stringify(String(text).slice(0, 40));
}
