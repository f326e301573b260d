import { inWords } from '../kit/in-words.js';
import { WhyDialog } from '../kit/WhyDialog.js';
import { TestsOutcome } from '../simulator/TestsOutcome.js';
import { DiffView } from '../versions/DiffView.js';
import { words } from '../words/index.js';
import { useDiff, usePublish, type Draft } from './flow-api.js';

interface Props {
  readonly draft: Draft;
  readonly unsaved: boolean;
  readonly onClose: () => void;
}

/** What will be different, and why. */
export function PublishDialog({ draft, unsaved, onClose }: Props) {
  const publish = usePublish();
  const diff = useDiff('live', draft.revision === 0 ? undefined : 'draft');
  const unchanged = diff.data?.changes.length === 0;
  const error = publish.error ?? diff.error;
  return (
    <WhyDialog
      title={words.publishTitle}
      action={words.publishNow}
      hindrance={unsaved ? words.saveFirst : unchanged ? words.nothingChanged : undefined}
      problem={error ? inWords(error) : ''}
      busy={publish.isPending}
      onConfirm={(why) => publish.mutate({ revision: draft.revision, why }, { onSuccess: onClose })}
      onClose={onClose}
    >
      <TestsOutcome document={draft.document} />
      {diff.data && <DiffView diff={diff.data} />}
    </WhyDialog>
  );
}
