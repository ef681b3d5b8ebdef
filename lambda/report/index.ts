export { buildAutoMlReport, buildTuningReport } from './build-report';
export { renderCsv } from './csv';
