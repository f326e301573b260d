import { configReference } from '../../config/index.js';
import { errorsPage } from './errors-page.js';
import { flowPage } from './flow-page.js';
import { metricsPage } from './metrics-page.js';

/** The pages of docs/reference that are made from the program itself, by path; Markdown as yet unformatted. */
export function referencePages(): Readonly<Record<string, string>> {
  return {
    'docs/reference/configuration.md': configReference(),
    'docs/reference/errors.md': errorsPage(),
    'docs/reference/flow.md': flowPage(),
    'docs/reference/metrics.md': metricsPage(),
  };
}
