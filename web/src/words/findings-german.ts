/** The sentences of the lint, as gettext has them: the English one is the key, with `{}` for what stands in it. */
export const germanFindings: Readonly<Record<string, string>> = {
  '{} leads to “{}”, which is no node of this flow.': '{} führt zu „{}“: Diesen Knoten gibt es im Ablauf nicht.',
  'Use one of {}.': 'Nehmen Sie eines von: {*}.',
  'No way leads to this node.': 'Kein Weg führt zu diesem Knoten.',
  'Lead a way to it, or remove it.': 'Führen Sie einen Weg dorthin, oder entfernen Sie ihn.',
  'No way leads to a transfer, a voicemail or a callback: callers can never reach a person.':
    'Kein Weg führt zu einer Vermittlung, einer Mailbox oder einem Rückruf: Anrufer erreichen nie einen Menschen.',
  'Add a transfer node and make it the operator and giveUp of the flow.':
    'Fügen Sie eine Vermittlung hinzu, und machen Sie sie zum Ziel von Taste 0 und des Aufgebens.',
  'From here no way leads to the end of the call.': 'Von hier führt kein Weg zum Ende des Anrufs.',
  'Add a way to a hangup or transfer node.': 'Fügen Sie einen Weg zum Auflegen oder zu einer Vermittlung hinzu.',
  'A way leads here that no subflow node has begun: there is nowhere to return to.':
    'Ein Weg führt hierher, den kein Unterablauf begonnen hat: Es gibt nichts, wohin zurückzukehren wäre.',
  'Lead that way elsewhere, or begin it with a subflow node.':
    'Führen Sie den Weg anderswohin, oder beginnen Sie ihn mit einem Unterablauf.',
  'No way from {} leads to a return: next is never reached.':
    'Kein Weg führt von {} zu einer Rückkehr: Wie es danach weitergeht, wird nie erreicht.',
  'End the subflow with a return node, or lead to it without a subflow node.':
    'Beenden Sie den Unterablauf mit einer Rückkehr, oder führen Sie ohne Unterablauf dorthin.',
  'The subflow can begin itself again before it returns.':
    'Der Unterablauf kann sich selbst noch einmal beginnen, ehe er zurückkehrt.',
  'Lead back inside it without a subflow node.': 'Führen Sie in ihm ohne Unterablauf zurück.',
  'It asks one service, but has {} of url and mcp.':
    'Gefragt wird ein Dienst: eine Adresse oder ein Werkzeug eines MCP-Servers; angegeben ist: {}.',
  'Give the address of a web service, or a tool of an MCP server.':
    'Geben Sie die Adresse eines Dienstes an oder ein Werkzeug eines MCP-Servers.',
  'A GET request has no body: it is left out.': 'Eine Anfrage mit GET sendet keine Werte: Sie werden weggelassen.',
  'Use POST, or put the values into the url.': 'Nehmen Sie POST, oder setzen Sie die Werte in die Adresse.',
  'The header {} stands in the flow, where everybody can read it.':
    'Der Header {} steht im Ablauf, wo ihn alle lesen können.',
  'Put the secret into a file of the folder tools.secretsDir, and name it in `secret`.':
    'Legen Sie das Geheimnis in eine Datei des Ordners tools.secretsDir, und nennen Sie sie unter „Mit einem Geheimnis“.',
  '“{}” of {} is taken for {} with {}, for {} with {}.': '„{}“ von {} wird mit {3} für {2} gehalten, mit {5} für {4}.',
  'Say it in words that {} does not have, or leave it to one of the two.':
    'Sagen Sie es in Worten, die {} nicht hat, oder lassen Sie es einem von beiden.',
  'Asterisk does not know {} where it looks for people.': 'Asterisk kennt {} dort nicht, wo es Menschen sucht.',
  'Correct the extension, or add it to the dialplan that ari.agentEndpoint names.':
    'Berichtigen Sie die Nebenstelle, oder nehmen Sie sie in den Wählplan auf, den ari.agentEndpoint nennt.',
  'This line does not ask the service: {}.': 'Diese Leitung fragt den Dienst nicht: {}.',
  'Correct the node, or let an operator change tools.hosts, tools.secretsDir or tools.mcpFile.':
    'Berichtigen Sie den Knoten, oder lassen Sie den Betrieb tools.hosts, tools.secretsDir oder tools.mcpFile ändern.',
  'The label of {} has no word in it: nobody hears what key {} is for.':
    'Die Beschriftung von {} enthält kein Wort: Niemand hört, wofür die Taste {} ist.',
  'Write the label as in “for LABEL, press KEY”, or give the node a keyPrompt.':
    'Beschriften Sie sie wie in „für …, drücken Sie …“, oder geben Sie dem Knoten eine eigene Ansage für Tasten.',
  'No example sentence names the slot {}: by voice it can only be said alone.':
    'Kein Beispielsatz nennt den Wert {}: Mit der Stimme lässt er sich nur allein sagen.',
  'Add a sentence with {{}}.': 'Fügen Sie einen Satz mit {{}} hinzu.',
  'No slot is required: the form is done as soon as anything was said.':
    'Kein Wert ist nötig: Das Formular ist fertig, sobald irgendetwas gesagt wurde.',
  'Mark the slots that the form cannot do without as required.':
    'Markieren Sie die Werte, ohne die es nicht geht, mit „Wird erfragt, wenn es fehlt“.',
  'The example “{}” names {{}}, which is no slot here.':
    'Das Beispiel „{}“ nennt {{}}: Diesen Wert gibt es hier nicht.',
  'The example “{}” names no slot, so nothing can be learnt from it.':
    'Das Beispiel „{}“ nennt keinen Wert: Daraus lässt sich nichts lernen.',
  'Put the slots into the sentence, as in “a {size} {drink}”.':
    'Setzen Sie die Werte in den Satz, wie in „einen {size} {drink}“.',
  '{} can be no time of a day: from {} to {}.': '{} kann keine Uhrzeit sein: von {} bis {}.',
  'Give a time before another, up to 24:00.': 'Geben Sie eine Zeit vor einer anderen an, bis 24:00.',
  'The least of {} ({}) is more than the most ({}).': 'Das Mindeste von {} ({}) ist mehr als das Höchste ({}).',
  'Exchange min and max.': 'Vertauschen Sie die beiden.',
  '{} has {} values: by keys they are read out eight at a time.':
    '{} hat {} Werte: Mit Tasten werden je acht vorgelesen.',
  'Ask for a number instead, or divide the list by a menu before it.':
    'Fragen Sie stattdessen nach einer Zahl, oder teilen Sie die Liste durch ein Menü davor.',
  '{}: from {} to {} is no time of a day.': '{}: Von {} bis {} ist keine Zeit eines Tages.',
  'Give a time before another; write hours past midnight as two ranges, up to 24:00 and from 00:00.':
    'Geben Sie eine Zeit vor einer anderen an; über Mitternacht hinaus als zwei Spannen, bis 24:00 und ab 00:00.',
  'The time zone {} is not known.': 'Die Zeitzone {} ist nicht bekannt.',
  'Use an IANA name such as Europe/Berlin.': 'Nehmen Sie einen IANA-Namen wie Europe/Berlin.',
  'A text names {{}}, which no node sets.': 'Ein Text nennt {{}}: Das setzt kein Knoten.',
  'The brackets of “{}” do not match.': 'Die Klammern von „{}“ passen nicht zueinander.',
  'Close every { and [; groups in […] cannot stand inside each other.':
    'Schließen Sie jede { und [; Gruppen in […] können nicht ineinander stehen.',
  'The {} “{}” is there twice.': '{*} „{}“ ist zweimal da.',
  'Handrail has no words of its own in {}, such as “press 1”.':
    'Handrail hat keine eigenen Worte in {}, wie „drücken Sie 1“.',
  'Use a language of {}.': 'Nehmen Sie eine Sprache von {}.',
  'Speech in {} is not understood: callers in this language use the keys.':
    'Gesprochenes in {} wird nicht verstanden: Anrufer in dieser Sprache benutzen die Tasten.',
  'Nothing, if that is meant: every question has its keys.':
    'Nichts zu tun, wenn das so gemeint ist: Jede Frage hat ihre Tasten.',
  '{} is the flow’s own language: its texts stand in the nodes.':
    '{} ist die eigene Sprache des Ablaufs: Ihre Texte stehen in den Knoten.',
  'Take it out of `languages`.': 'Nehmen Sie sie aus den weiteren Sprachen heraus.',
  'Not in {}: {}.': 'Nicht in {}: {}.',
  'Write what callers shall hear, under languages.{}.{}.':
    'Schreiben Sie, was Anrufer hören sollen: beim Knoten {1} unter {0}.',
  'languages.{}.{}.{} belongs to no text.': '{2} von {1} in {0} gehört zu keinem Text.',
  'Take it out, or correct its name.': 'Nehmen Sie es heraus, oder berichtigen Sie den Namen.',
  'The flow has no {}.': 'Der Ablauf hat kein {}.',
  'Use one of {}, or add its texts to the flow’s `languages`.':
    'Nehmen Sie eines von: {}, oder fügen Sie die Sprache beim ganzen Ablauf hinzu.',
  'The recording {} is for “{}”, which no node says in {}.':
    'Die Aufnahme {} ist für „{}“: Das sagt kein Knoten in {}.',
  'Record the new text, or take the recording out of the flow’s `recordings`.':
    'Nehmen Sie den neuen Text auf, oder nehmen Sie die Aufnahme aus dem Ablauf heraus.',
  '{} has no voice here: its texts are spoken by the voice for {}.':
    '{} hat hier keine Stimme: Ihre Texte spricht die Stimme für {}.',
  'Let an operator name one in tts.voices, or record the texts.':
    'Lassen Sie den Betrieb eine in tts.voices nennen, oder nehmen Sie die Texte auf.',
  'It asks whether the call may be recorded, but not for yes or no.':
    'Er fragt, ob der Anruf aufgenommen werden darf, aber nicht nach Ja oder Nein.',
  'Make the entity `yesno`, or take `records` out.':
    'Fragen Sie nach Ja oder Nein, oder nehmen Sie die Frage nach der Aufnahme heraus.',
  'Nobody is in this directory.': 'In diesem Verzeichnis steht niemand.',
  'Add people with their names and extensions.': 'Fügen Sie Menschen mit Namen und Durchwahl hinzu.',
  '{} is there {} times: nobody can tell which is meant.': '{} steht {}-mal da: Niemand kann sagen, wer gemeint ist.',
  'Say in `about` what tells them apart, such as a department, or take one out.':
    'Schreiben Sie dazu, was sie unterscheidet, etwa die Abteilung, oder nehmen Sie einen heraus.',
  '{} sound the same: callers who say one name may be asked which is meant.':
    '{} klingen gleich: Wer einen der Namen sagt, wird vielleicht gefragt, wer gemeint ist.',
  'Nothing, if that is meant; `about` helps callers to choose.':
    'Nichts, wenn das so gemeint ist; ein Zusatz wie die Abteilung hilft beim Wählen.',
  'The last name of {} has no letter that is on a key.':
    'Der Nachname von {} hat keinen Buchstaben, der auf einer Taste steht.',
  'Write it in Latin letters, as `lastName`.': 'Schreiben Sie ihn als Nachnamen in lateinischen Buchstaben.',
  'There is no recording {} here.': 'Es gibt hier keine Aufnahme {}.',
  'Upload it, or take it out of the flow’s `recordings`: the voice speaks the text then.':
    'Laden Sie sie hoch, oder nehmen Sie sie aus dem Ablauf heraus: Dann spricht die Stimme den Text.',
  'Give each {} once.': 'Nennen Sie jedes nur einmal: {*}.',
  // The last one: it would fit to others too.
  '{}: {}': '{}: {*}',
};

/** What stands in such sentences and is of the lint itself: in German it goes where `{*}` is. */
export const germanThings: Readonly<Record<string, string>> = {
  key: 'Taste',
  number: 'Nummer',
  'option id': 'Name der Möglichkeit',
  'answer id': 'Name der Antwort',
  phrase: 'Satz',
  slot: 'Wert',
  result: 'Wert der Antwort',
  tool: 'Werkzeug',
  parameter: 'Angabe',
  'value of {}': 'Wert von {}',
  'the slots of a collect or form node': 'den Werten einer Abfrage oder eines Formulars',
};
