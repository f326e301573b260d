/**
 * ONNX Runtime, which runs our small models here and in the Python workers, reports its use to its maker on its own unless
 * this is set before it is loaded. Imported first by every program of ours; threads and child processes inherit it.
 */
process.env['ORT_DISABLE_TELEMETRY'] = '1';
