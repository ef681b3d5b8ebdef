export { countOf } from '../count-of';
export { COLUMNS_FILE, type PreparedData, type PreparedLabel, readColumnsFile } from './columns-file';
export { type CsvFile, readCsvFile } from './csv-file';
export { isTooLarge, NUMBER_PROBLEMS } from './numbers';
export { type ColumnEncoder, encoderOf, type PreparedColumn } from './prepared-columns';
export { type Example, fieldError, listOf, quoted, raggedRow, TableError } from './table-error';
export { fieldAt, kindOf } from './values';
