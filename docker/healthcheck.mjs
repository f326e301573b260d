/** Whether calls can come: the controller’s own word. Its certificate is for another name than this machine’s. */
import { request as http } from 'node:http';
import { request as https } from 'node:https';

const { HANDRAIL_ADMIN_PORT: port = '8080', HANDRAIL_ADMIN_CERT_FILE: certFile } = process.env;
const ask = certFile ? https : http;
const options = { host: '127.0.0.1', port, path: '/readyz', timeout: 4_000, rejectUnauthorized: false };
const sent = ask(options, (response) => process.exit(response.statusCode === 200 ? 0 : 1));
sent.on('timeout', () => process.exit(1));
sent.on('error', () => process.exit(1));
sent.end();
