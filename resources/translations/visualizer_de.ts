<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE TS>
<TS version="2.1" language="de" sourcelanguage="en">
    <context>
        <name>visualizer</name>
        <message>
            <location filename="../../visualizer/crash.py" />
            <source>details are in {log}</source>
            <translation>Einzelheiten stehen in {log}</translation>
        </message>
        <message>
            <location filename="../../visualizer/crash.py" />
            <source>the details are on the console</source>
            <translation>Einzelheiten stehen in der Konsole</translation>
        </message>
        <message>
            <location filename="../../visualizer/crash.py" />
            <source>Something unexpected happened ({cause}): the show goes on, {place}.</source>
            <translation>Etwas Unerwartetes ist geschehen ({cause}): Die Vorstellung geht weiter, {place}.</translation>
        </message>
        <message>
            <location filename="../../visualizer/files/decode.py" />
            <source>{name} is damaged at {time}: the rest plays.</source>
            <translation>{name} ist bei {time} beschädigt: Der Rest wird gespielt.</translation>
        </message>
        <message>
            <location filename="../../visualizer/files/decode.py" />
            <source>{name} is cut off: its end is missing, the rest plays.</source>
            <translation>{name} ist abgeschnitten: Das Ende fehlt, der Rest wird gespielt.</translation>
        </message>
        <message>
            <location filename="../../visualizer/files/decode.py" />
            <source>{name} breaks off at {time} of {whole}: what could be read was played.</source>
            <translation>{name} bricht bei {time} von {whole} ab: Gespielt wurde, was lesbar war.</translation>
        </message>
        <message>
            <location filename="../../visualizer/files/decode.py" />
            <source>{path} is a directory: give a sound file ({formats}).</source>
            <translation>{path} ist ein Ordner: Eine Musikdatei wird gebraucht ({formats}).</translation>
        </message>
        <message>
            <location filename="../../visualizer/files/decode.py" />
            <source>{path} is a pipe or a device, not a file: give a sound file ({formats}).</source>
            <translation>{path} ist eine Pipe oder ein Gerät, keine Datei: Eine Musikdatei wird gebraucht ({formats}).</translation>
        </message>
        <message>
            <location filename="../../visualizer/files/decode.py" />
            <source>{path} is empty: it holds no sound, choose another file.</source>
            <translation>{path} ist leer: Die Datei enthält keinen Ton, bitte eine andere wählen.</translation>
        </message>
        <message>
            <location filename="../../visualizer/files/decode.py" />
            <source>{path} holds no samples: use a file with sound in it.</source>
            <translation>{path} enthält keinen Ton: Bitte eine Datei mit Ton wählen.</translation>
        </message>
        <message>
            <location filename="../../visualizer/files/decode.py" />
            <source>{path} does not exist: check the name.</source>
            <translation>{path} gibt es nicht: Bitte den Namen prüfen.</translation>
        </message>
        <message>
            <location filename="../../visualizer/files/decode.py" />
            <source>{path} cannot be opened ({cause}): check its permissions.</source>
            <translation>{path} lässt sich nicht öffnen ({cause}): Bitte die Zugriffsrechte prüfen.</translation>
        </message>
        <message>
            <location filename="../../visualizer/files/decode.py" />
            <source>{path} cannot be read as sound ({error}): use a {formats} file.</source>
            <translation>{path} lässt sich nicht als Ton lesen ({error}): Bitte eine Datei dieser Art wählen: {formats}.</translation>
        </message>
        <message>
            <location filename="../../visualizer/files/decode.py" />
            <source>{path} cannot be read any more ({error}): check that it is still there.</source>
            <translation>{path} lässt sich nicht mehr lesen ({error}): Bitte prüfen, ob die Datei noch da ist.</translation>
        </message>
        <message>
            <location filename="../../visualizer/files/playlist_files.py" />
            <source>{path} names no music file: choose another playlist.</source>
            <translation>{path} nennt keine Musikdatei: Bitte eine andere Wiedergabeliste wählen.</translation>
        </message>
        <message>
            <location filename="../../visualizer/files/playlist_files.py" />
            <source>{path} is too large for a playlist: open the music itself.</source>
            <translation>{path} ist zu groß für eine Wiedergabeliste: Bitte die Musik selbst öffnen.</translation>
        </message>
        <message>
            <location filename="../../visualizer/files/playlist_files.py" />
            <source>{path} cannot be read ({cause}): choose another playlist.</source>
            <translation>{path} lässt sich nicht lesen ({cause}): Bitte eine andere Wiedergabeliste wählen.</translation>
        </message>
        <message>
            <location filename="../../visualizer/gui/broadcast.py" />
            <source>Other programs see the picture as the camera {device}.</source>
            <translation>Andere Programme sehen das Bild als Kamera {device}.</translation>
        </message>
        <message>
            <location filename="../../visualizer/gui/canvas.py" />
            <source>This system offers no OpenGL: the picture is drawn without it; a graphics driver would help.</source>
            <translation>Dieses System bietet kein OpenGL: Das Bild wird ohne gezeichnet; ein Grafiktreiber würde helfen.</translation>
        </message>
        <message>
            <location filename="../../visualizer/gui/canvas.py" />
            <source>{found} is too old (3.3 is needed): the picture is drawn without it.</source>
            <translation>{found} ist zu alt (3.3 wird gebraucht): Das Bild wird ohne gezeichnet.</translation>
        </message>
        <message>
            <location filename="../../visualizer/gui/canvas.py" />
            <source>OpenGL does not start: the picture is drawn without it; check the graphics driver.</source>
            <translation>OpenGL startet nicht: Das Bild wird ohne gezeichnet; bitte den Grafiktreiber prüfen.</translation>
        </message>
        <message>
            <location filename="../../visualizer/gui/canvas.py" />
            <source>OpenGL does not start ({error}): the picture is drawn without it; check the graphics driver.</source>
            <translation>OpenGL startet nicht ({error}): Das Bild wird ohne gezeichnet; bitte den Grafiktreiber prüfen.</translation>
        </message>
        <message>
            <location filename="../../visualizer/gui/cover.py" />
            <source>Cover</source>
            <translation>Titelbild</translation>
        </message>
        <message>
            <location filename="../../visualizer/gui/desk.py" />
            <source>Motion</source>
            <translation>Bewegung</translation>
        </message>
        <message>
            <location filename="../../visualizer/gui/desk.py" />
            <source>Heard</source>
            <translation>Gehört</translation>
        </message>
        <message>
            <location filename="../../visualizer/gui/desk.py" />
            <source>Among the periods</source>
            <translation>Zwischen den Epochen</translation>
        </message>
        <message>
            <location filename="../../visualizer/gui/desk.py" />
            <source>Picture</source>
            <translation>Bild</translation>
        </message>
        <message>
            <location filename="../../visualizer/gui/desk.py" />
            <source>Fill the picture</source>
            <translation>Bild ausfüllen</translation>
        </message>
        <message>
            <location filename="../../visualizer/gui/desk.py" />
            <source>Whole on the wall</source>
            <translation>Ganz an der Wand</translation>
        </message>
        <message>
            <location filename="../../visualizer/gui/desk.py" />
            <source>Mirrored at its sides</source>
            <translation>An den Seiten gespiegelt</translation>
        </message>
        <message>
            <location filename="../../visualizer/gui/desk.py" />
            <source>Wildness</source>
            <translation>Wildheit</translation>
        </message>
        <message>
            <location filename="../../visualizer/gui/desk.py" />
            <source>Speed</source>
            <translation>Tempo</translation>
        </message>
        <message>
            <location filename="../../visualizer/gui/desk.py" />
            <source>Reaction</source>
            <translation>Reaktion</translation>
        </message>
        <message>
            <location filename="../../visualizer/gui/desk.py" />
            <source>Follow</source>
            <translation>Folgen</translation>
        </message>
        <message>
            <location filename="../../visualizer/gui/desk.py" />
            <source>calm</source>
            <translation>ruhig</translation>
        </message>
        <message>
            <location filename="../../visualizer/gui/desk.py" />
            <source>wild</source>
            <translation>wild</translation>
        </message>
        <message>
            <location filename="../../visualizer/gui/desk.py" />
            <source>slow</source>
            <translation>sacht</translation>
        </message>
        <message>
            <location filename="../../visualizer/gui/desk.py" />
            <source>fast</source>
            <translation>rasch</translation>
        </message>
        <message>
            <location filename="../../visualizer/gui/desk.py" />
            <source>none</source>
            <translation>keine</translation>
        </message>
        <message>
            <location filename="../../visualizer/gui/desk.py" />
            <source>much</source>
            <translation>viel</translation>
        </message>
        <message>
            <location filename="../../visualizer/gui/desk.py" />
            <source>quick</source>
            <translation>flink</translation>
        </message>
        <message>
            <location filename="../../visualizer/gui/desk.py" />
            <source>lazy</source>
            <translation>träge</translation>
        </message>
        <message>
            <location filename="../../visualizer/gui/desk.py" />
            <source>Desk</source>
            <translation>Pult</translation>
        </message>
        <message>
            <location filename="../../visualizer/gui/desk.py" />
            <source>Changes wait for the bar</source>
            <translation>Wechsel warten auf den Takt</translation>
        </message>
        <message>
            <location filename="../../visualizer/gui/desk.py" />
            <source>Period</source>
            <translation>Epoche</translation>
        </message>
        <message>
            <location filename="../../visualizer/gui/desk.py" />
            <source>How it is hung</source>
            <translation>Hängung</translation>
        </message>
        <message>
            <location filename="../../visualizer/gui/desk.py" />
            <source>Follow the music</source>
            <translation>Der Musik folgen</translation>
        </message>
        <message>
            <location filename="../../visualizer/gui/desk.py" />
            <source>Hung</source>
            <translation>Hängung</translation>
        </message>
        <message>
            <location filename="../../visualizer/gui/desk.py" />
            <source>Transition</source>
            <translation>Übergang</translation>
        </message>
        <message>
            <location filename="../../visualizer/gui/desk.py" />
            <source>Timing</source>
            <translation>Zeitpunkt</translation>
        </message>
        <message>
            <location filename="../../visualizer/gui/desk.py" />
            <source>Always {period}</source>
            <translation>Immer {period}</translation>
        </message>
        <message>
            <location filename="../../visualizer/gui/dial.py" />
            <source>from {low} to {high}</source>
            <translation>von {low} bis {high}</translation>
        </message>
        <message>
            <location filename="../../visualizer/gui/dial.py" />
            <source>{name}: {low} to {high}. Double-click for the usual.</source>
            <translation>{name}: {low} bis {high}. Doppelklick stellt das Übliche ein.</translation>
        </message>
        <message>
            <location filename="../../visualizer/gui/first_steps.py" />
            <source>It paints what it hears</source>
            <translation>Es malt, was es hört</translation>
        </message>
        <message>
            <location filename="../../visualizer/gui/first_steps.py" />
            <source>Drop your own music anywhere on the picture.</source>
            <translation>Ziehen Sie eigene Musik irgendwo auf das Bild.</translation>
        </message>
        <message>
            <location filename="../../visualizer/gui/first_steps.py" />
            <source>Choose at the right of the bar below what to listen to: music files, a microphone, or what this computer plays.</source>
            <translation>Wählen Sie rechts in der Leiste unten, was gehört wird: Musikdateien, ein Mikrofon oder was dieser Computer spielt.</translation>
        </message>
        <message>
            <location filename="../../visualizer/gui/first_steps.py" />
            <source>Press F for the full screen and F1 for all keys.</source>
            <translation>F zeigt das Vollbild, F1 alle Tasten.</translation>
        </message>
        <message>
            <location filename="../../visualizer/gui/input_chooser.py" />
            <source>What this computer plays</source>
            <translation>Was dieser Computer spielt</translation>
        </message>
        <message>
            <location filename="../../visualizer/gui/input_chooser.py" />
            <source>Microphone</source>
            <translation>Mikrofon</translation>
        </message>
        <message>
            <location filename="../../visualizer/gui/input_chooser.py" />
            <source>Line input</source>
            <translation>Line-Eingang</translation>
        </message>
        <message>
            <location filename="../../visualizer/gui/input_chooser.py" />
            <source>Looking for inputs…</source>
            <translation>Eingänge werden gesucht …</translation>
        </message>
        <message>
            <location filename="../../visualizer/gui/input_chooser.py" />
            <source>What is heard</source>
            <translation>Was gehört wird</translation>
        </message>
        <message>
            <location filename="../../visualizer/gui/input_chooser.py" />
            <source>What shall be heard?</source>
            <translation>Was soll gehört werden?</translation>
        </message>
        <message>
            <location filename="../../visualizer/gui/input_chooser.py" />
            <source>Music files</source>
            <translation>Musikdateien</translation>
        </message>
        <message>
            <location filename="../../visualizer/gui/input_chooser.py" />
            <source>Open some…</source>
            <translation>Öffnen …</translation>
        </message>
        <message>
            <location filename="../../visualizer/gui/input_chooser.py" />
            <source>No sound inputs were found.</source>
            <translation>Es wurden keine Toneingänge gefunden.</translation>
        </message>
        <message>
            <location filename="../../visualizer/gui/input_chooser.py" />
            <source>{kind}, default</source>
            <translation>{kind}, Standard</translation>
        </message>
        <message>
            <location filename="../../visualizer/gui/key_page.py" />
            <source>Choose an action and press Enter, then its new key.</source>
            <translation>Wählen Sie eine Aktion und drücken Sie die Eingabetaste, dann die neue Taste.</translation>
        </message>
        <message>
            <location filename="../../visualizer/gui/key_page.py" />
            <source>{key} belongs to “{action}”: press another key.</source>
            <translation>{key} gehört zu „{action}“: Drücken Sie eine andere Taste.</translation>
        </message>
        <message>
            <location filename="../../visualizer/gui/key_page.py" />
            <source>Keys</source>
            <translation>Tasten</translation>
        </message>
        <message>
            <location filename="../../visualizer/gui/key_page.py" />
            <source>All as they were</source>
            <translation>Alle wie zuvor</translation>
        </message>
        <message>
            <location filename="../../visualizer/gui/key_page.py" />
            <source>Action</source>
            <translation>Aktion</translation>
        </message>
        <message>
            <location filename="../../visualizer/gui/key_page.py" />
            <source>Key</source>
            <translation>Taste</translation>
        </message>
        <message>
            <location filename="../../visualizer/gui/key_page.py" />
            <source>Change key</source>
            <translation>Taste ändern</translation>
        </message>
        <message>
            <location filename="../../visualizer/gui/key_page.py" />
            <source>No key</source>
            <translation>Keine Taste</translation>
        </message>
        <message>
            <location filename="../../visualizer/gui/key_page.py" />
            <source>Press the new key for “{action}”. Esc leaves it as it is.</source>
            <translation>Drücken Sie die neue Taste für „{action}“. Esc lässt alles, wie es ist.</translation>
        </message>
        <message>
            <location filename="../../visualizer/gui/menus.py" />
            <source>Microphones</source>
            <translation>Mikrofone</translation>
        </message>
        <message>
            <location filename="../../visualizer/gui/menus.py" />
            <source>Line inputs</source>
            <translation>Line-Eingänge</translation>
        </message>
        <message>
            <location filename="../../visualizer/gui/menus.py" />
            <source>Music files…</source>
            <translation>Musikdateien …</translation>
        </message>
        <message>
            <location filename="../../visualizer/gui/menus.py" />
            <source>None yet</source>
            <translation>Noch nichts</translation>
        </message>
        <message>
            <location filename="../../visualizer/gui/menus.py" />
            <source>No sound inputs were found</source>
            <translation>Es wurden keine Toneingänge gefunden</translation>
        </message>
        <message>
            <location filename="../../visualizer/gui/menus.py" />
            <source>{name}  (default)</source>
            <translation>{name}  (Standard)</translation>
        </message>
        <message>
            <location filename="../../visualizer/gui/music_commands.py" />
            <source>Open a folder of music</source>
            <translation>Ordner mit Musik öffnen</translation>
        </message>
        <message>
            <location filename="../../visualizer/gui/music_commands.py" />
            <source>Open music files</source>
            <translation>Musikdateien öffnen</translation>
        </message>
        <message>
            <location filename="../../visualizer/gui/music_commands.py" />
            <source>Music ({endings})</source>
            <translation>Musik ({endings})</translation>
        </message>
        <message>
            <location filename="../../visualizer/gui/music_commands.py" />
            <source>All files (*)</source>
            <translation>Alle Dateien (*)</translation>
        </message>
        <message>
            <location filename="../../visualizer/gui/notices.py" />
            <source>Close the notice</source>
            <translation>Hinweis schließen</translation>
        </message>
        <message>
            <location filename="../../visualizer/gui/notices.py" />
            <source>I understand</source>
            <translation>Verstanden</translation>
        </message>
        <message>
            <location filename="../../visualizer/gui/output_window.py" />
            <source>Output</source>
            <translation>Ausgabe</translation>
        </message>
        <message>
            <location filename="../../visualizer/gui/overlay.py" />
            <source>{used:.1f} of {total:.1f} GiB</source>
            <translation>{used:.1f} von {total:.1f} GiB</translation>
        </message>
        <message>
            <location filename="../../visualizer/gui/overlay.py" />
            <source>no model yet</source>
            <translation>noch kein Modell</translation>
        </message>
        <message>
            <location filename="../../visualizer/gui/overlay.py" />
            <source>full</source>
            <translation>voll</translation>
        </message>
        <message>
            <location filename="../../visualizer/gui/overlay.py" />
            <source>lighter ({tier})</source>
            <translation>leichter ({tier})</translation>
        </message>
        <message>
            <location filename="../../visualizer/gui/overlay.py" />
            <source>not used by the model</source>
            <translation>vom Modell nicht benutzt</translation>
        </message>
        <message>
            <location filename="../../visualizer/gui/overlay.py" />
            <source>unknown: install nvidia-ml-py</source>
            <translation>unbekannt: nvidia-ml-py installieren</translation>
        </message>
        <message>
            <location filename="../../visualizer/gui/overlay.py" />
            <source>Performance figures</source>
            <translation>Leistungszahlen</translation>
        </message>
        <message>
            <location filename="../../visualizer/gui/overlay.py" />
            <source>refresh</source>
            <translation>Bildwechsel</translation>
        </message>
        <message>
            <location filename="../../visualizer/gui/overlay.py" />
            <source>{hz:.1f} Hz, {late:.0%} late</source>
            <translation>{hz:.1f} Hz, {late:.0%} verspätet</translation>
        </message>
        <message>
            <location filename="../../visualizer/gui/overlay.py" />
            <source>paintings</source>
            <translation>Gemälde</translation>
        </message>
        <message>
            <location filename="../../visualizer/gui/overlay.py" />
            <source>{rate:.1f} a second, one in {divisor} refreshes</source>
            <translation>{rate:.1f} je Sekunde, eins in {divisor} Bildwechseln</translation>
        </message>
        <message>
            <location filename="../../visualizer/gui/overlay.py" />
            <source>painting</source>
            <translation>Malen</translation>
        </message>
        <message>
            <location filename="../../visualizer/gui/overlay.py" />
            <source>{usual:.1f} ms, slow ones {slow:.1f} ms</source>
            <translation>{usual:.1f} ms, langsame {slow:.1f} ms</translation>
        </message>
        <message>
            <location filename="../../visualizer/gui/overlay.py" />
            <source>encoder</source>
            <translation>Encoder</translation>
        </message>
        <message>
            <location filename="../../visualizer/gui/overlay.py" />
            <source>{ms:.1f} ms</source>
            <translation>{ms:.1f} ms</translation>
        </message>
        <message>
            <location filename="../../visualizer/gui/overlay.py" />
            <source>painting's age</source>
            <translation>Alter des Gemäldes</translation>
        </message>
        <message>
            <location filename="../../visualizer/gui/overlay.py" />
            <source>{ms:.0f} ms</source>
            <translation>{ms:.0f} ms</translation>
        </message>
        <message>
            <location filename="../../visualizer/gui/overlay.py" />
            <source>picture behind sound</source>
            <translation>Bild hinter dem Ton</translation>
        </message>
        <message>
            <location filename="../../visualizer/gui/overlay.py" />
            <source>analysed ahead</source>
            <translation>voraus gehört</translation>
        </message>
        <message>
            <location filename="../../visualizer/gui/overlay.py" />
            <source>{heard:.0f} ms, painted ahead {painted:.0f} ms</source>
            <translation>{heard:.0f} ms, voraus gemalt {painted:.0f} ms</translation>
        </message>
        <message>
            <location filename="../../visualizer/gui/overlay.py" />
            <source>timing set</source>
            <translation>Zeitpunkt eingestellt</translation>
        </message>
        <message>
            <location filename="../../visualizer/gui/overlay.py" />
            <source>{ms:+.0f} ms</source>
            <translation>{ms:+.0f} ms</translation>
        </message>
        <message>
            <location filename="../../visualizer/gui/overlay.py" />
            <source>lost</source>
            <translation>verloren</translation>
        </message>
        <message>
            <location filename="../../visualizer/gui/overlay.py" />
            <source>{lost} samples; holes in the sound: {holes}</source>
            <translation>{lost} Abtastwerte; Lücken im Ton: {holes}</translation>
        </message>
        <message>
            <location filename="../../visualizer/gui/overlay.py" />
            <source>picture</source>
            <translation>Bild</translation>
        </message>
        <message>
            <location filename="../../visualizer/gui/overlay.py" />
            <source>{picture}, drawn by {drawn_by}</source>
            <translation>{picture}, gezeichnet von {drawn_by}</translation>
        </message>
        <message>
            <location filename="../../visualizer/gui/overlay.py" />
            <source>model runs on</source>
            <translation>Modell läuft auf</translation>
        </message>
        <message>
            <location filename="../../visualizer/gui/overlay.py" />
            <source>graphics memory</source>
            <translation>Grafikspeicher</translation>
        </message>
        <message>
            <location filename="../../visualizer/gui/panels.py" />
            <source>It listens to music and paints what it hears: renaissance, baroque, classical, romantic or modern.</source>
            <translation>Es hört Musik und malt, was es hört: Renaissance, Barock, Klassik, Romantik oder Moderne.</translation>
        </message>
        <message>
            <location filename="../../visualizer/gui/panels.py" />
            <source>Free software under the GNU General Public License, version 3 or later, without any warranty.</source>
            <translation>Freie Software unter der GNU General Public License, Version 3 oder neuer, ohne jede Gewährleistung.</translation>
        </message>
        <message>
            <location filename="../../visualizer/gui/panels.py" />
            <source>About flashing light</source>
            <translation>Über Lichtblitze</translation>
        </message>
        <message>
            <location filename="../../visualizer/gui/panels.py" />
            <source>It is on now.</source>
            <translation>Sie ist jetzt eingeschaltet.</translation>
        </message>
        <message>
            <location filename="../../visualizer/gui/panels.py" />
            <source>It is off now: turn it on again in the settings, or in the View menu.</source>
            <translation>Sie ist jetzt ausgeschaltet: In den Einstellungen oder im Menü Ansicht schalten Sie sie wieder ein.</translation>
        </message>
        <message>
            <location filename="../../visualizer/gui/panels.py" />
            <source>Flashing light and strong patterns can cause seizures in people with photosensitive epilepsy. Many of them do not know that they have it until the first time.</source>
            <translation>Lichtblitze und starke Muster können bei Menschen mit fotosensibler Epilepsie Anfälle auslösen. Viele wissen bis zum ersten Mal nicht, dass sie sie haben.</translation>
        </message>
        <message>
            <location filename="../../visualizer/gui/panels.py" />
            <source>It holds for the windows of this program and for its videos. It cannot know the size and the brightness of your screen, the light in the room, stage lights, or what other programs do with the picture. It limits flashes, not patterns, and it is no medical advice.</source>
            <translation>Das gilt für die Fenster dieses Programms und für seine Videos. Die Begrenzung kennt weder Größe und Helligkeit Ihres Bildschirms noch das Licht im Raum, Bühnenlicht oder was andere Programme mit dem Bild tun. Sie begrenzt Blitze, keine Muster, und ist kein medizinischer Rat.</translation>
        </message>
        <message>
            <location filename="../../visualizer/gui/panels.py" />
            <source>If somebody feels unwell: look away and cover one eye, press B for black, and stop. Reduced motion, in the settings, makes the picture calmer still.</source>
            <translation>Wenn sich jemand unwohl fühlt: wegsehen und ein Auge zuhalten, mit B auf Schwarz blenden und aufhören. Verringerte Bewegung, in den Einstellungen, macht das Bild noch ruhiger.</translation>
        </message>
        <message>
            <location filename="../../visualizer/gui/panels.py" />
            <source>Text</source>
            <translation>Text</translation>
        </message>
        <message>
            <location filename="../../visualizer/gui/panels.py" />
            <source>Close</source>
            <translation>Schließen</translation>
        </message>
        <message>
            <location filename="../../visualizer/gui/panels.py" />
            <source>Close  (Esc)</source>
            <translation>Schließen  (Esc)</translation>
        </message>
        <message>
            <location filename="../../visualizer/gui/panels.py" />
            <source>Drop music anywhere. Double-click for full screen; there, move the pointer to see the controls.</source>
            <translation>Ziehen Sie Musik irgendwohin. Ein Doppelklick zeigt das Vollbild; dort zeigt eine Bewegung der Maus die Bedienung.</translation>
        </message>
        <message>
            <location filename="../../visualizer/gui/panels.py" />
            <source>The flash limit looks at every finished picture before it is shown. In any second it lets through no more than three flashes, and no more than three flashes of saturated red, as the guideline WCAG 2.2 (2.3.1) asks; what would be more becomes a slow fade.</source>
            <translation>Die Begrenzung prüft jedes fertige Bild, bevor es gezeigt wird. In jeder Sekunde lässt sie höchstens drei Blitze zu und höchstens drei Blitze in gesättigtem Rot, wie es die Richtlinie WCAG 2.2 (2.3.1) verlangt; was darüber hinausginge, wird zu einer langsamen Blende.</translation>
        </message>
        <message>
            <location filename="../../visualizer/gui/period_map.py" />
            <source>near {period}</source>
            <translation>nahe {period}</translation>
        </message>
        <message>
            <location filename="../../visualizer/gui/period_map.py" />
            <source>in the middle</source>
            <translation>in der Mitte</translation>
        </message>
        <message>
            <location filename="../../visualizer/gui/period_map.py" />
            <source>Map of the periods</source>
            <translation>Karte der Epochen</translation>
        </message>
        <message>
            <location filename="../../visualizer/gui/period_plot.py" />
            <source>Period plot</source>
            <translation>Epochenanzeige</translation>
        </message>
        <message>
            <location filename="../../visualizer/gui/period_plot.py" />
            <source>Listening</source>
            <translation>Es hört zu</translation>
        </message>
        <message>
            <location filename="../../visualizer/gui/period_plot.py" />
            <source>Painting</source>
            <translation>Gemalt wird</translation>
        </message>
        <message>
            <location filename="../../visualizer/gui/period_plot.py" />
            <source>Heard as</source>
            <translation>Gehört als</translation>
        </message>
        <message>
            <location filename="../../visualizer/gui/queue_panel.py" />
            <source>Queue</source>
            <translation>Warteschlange</translation>
        </message>
        <message>
            <location filename="../../visualizer/gui/recordings.py" />
            <source>Recording</source>
            <translation>Aufnahme</translation>
        </message>
        <message>
            <location filename="../../visualizer/gui/recordings.py" />
            <source>There is nothing to record yet: play some music first.</source>
            <translation>Es gibt noch nichts aufzunehmen: Spielen Sie zuerst Musik.</translation>
        </message>
        <message>
            <location filename="../../visualizer/gui/screens.py" />
            <source>Quit</source>
            <translation>Beenden</translation>
        </message>
        <message>
            <location filename="../../visualizer/gui/screens.py" />
            <source>The picture fills a display. Quit, and end the show?</source>
            <translation>Das Bild füllt einen Bildschirm. Beenden, und damit die Vorführung?</translation>
        </message>
        <message>
            <location filename="../../visualizer/gui/screens.py" />
            <source>Go on</source>
            <translation>Weiter</translation>
        </message>
        <message>
            <location filename="../../visualizer/gui/screens.py" />
            <source>{title} (output)</source>
            <translation>{title} (Ausgabe)</translation>
        </message>
        <message>
            <location filename="../../visualizer/gui/screens.py" />
            <source>The display {name} is not connected any more: choose another.</source>
            <translation>Der Bildschirm {name} ist nicht mehr angeschlossen: Wählen Sie einen anderen.</translation>
        </message>
        <message>
            <location filename="../../visualizer/gui/screens.py" />
            <source>The display {name} was pulled out: the output is a window until it is back.</source>
            <translation>Der Bildschirm {name} wurde abgezogen: Die Ausgabe ist ein Fenster, bis er wieder da ist.</translation>
        </message>
        <message>
            <location filename="../../visualizer/gui/setting_lines.py" />
            <source>{ms} ms later</source>
            <translation>{ms} ms später</translation>
        </message>
        <message>
            <location filename="../../visualizer/gui/setting_lines.py" />
            <source>{ms} ms earlier</source>
            <translation>{ms} ms früher</translation>
        </message>
        <message>
            <location filename="../../visualizer/gui/setting_lines.py" />
            <source>on time</source>
            <translation>zugleich</translation>
        </message>
        <message>
            <location filename="../../visualizer/gui/setting_lines.py" />
            <source>{seconds:.1f} s</source>
            <translation>{seconds:.1f} s</translation>
        </message>
        <message>
            <location filename="../../visualizer/gui/setting_lines.py" />
            <source>Picture later or earlier than the sound</source>
            <translation>Bild später oder früher als der Ton</translation>
        </message>
        <message>
            <location filename="../../visualizer/gui/settings.py" />
            <source>and the old file is {path}</source>
            <translation>die alte Datei ist jetzt {path}</translation>
        </message>
        <message>
            <location filename="../../visualizer/gui/settings.py" />
            <source>nothing was kept before</source>
            <translation>vorher war nichts gespeichert</translation>
        </message>
        <message>
            <location filename="../../visualizer/gui/settings.py" />
            <source>The settings were damaged ({error}): the app starts with fresh ones, {kept}.</source>
            <translation>Die Einstellungen waren beschädigt ({error}): Das Programm beginnt mit neuen, {kept}.</translation>
        </message>
        <message>
            <location filename="../../visualizer/gui/settings.py" />
            <source>{path} cannot be written: the settings are not kept; check its permissions.</source>
            <translation>{path} lässt sich nicht schreiben: Die Einstellungen gehen verloren; bitte die Zugriffsrechte prüfen.</translation>
        </message>
        <message>
            <location filename="../../visualizer/gui/settings.py" />
            <source>and the old file could not be moved</source>
            <translation>die alte Datei ließ sich nicht verschieben</translation>
        </message>
        <message>
            <location filename="../../visualizer/gui/settings.py" />
            <source>{folder} cannot be made ({cause}): the settings are not kept; check its permissions.</source>
            <translation>{folder} lässt sich nicht anlegen ({cause}): Die Einstellungen gehen verloren; bitte die Zugriffsrechte prüfen.</translation>
        </message>
        <message>
            <location filename="../../visualizer/gui/settings_commands.py" />
            <source>Flashing light can harm a few people: those with photosensitive epilepsy. A limit is on that keeps the picture to three flashes a second at most. More about it is in Help.</source>
            <translation>Lichtblitze können einigen Menschen schaden: denen mit fotosensibler Epilepsie. Eine Begrenzung ist eingeschaltet, die das Bild auf höchstens drei Blitze in der Sekunde hält. Mehr dazu steht in der Hilfe.</translation>
        </message>
        <message>
            <location filename="../../visualizer/gui/settings_panel.py" />
            <source>Keeps the picture to three flashes a second at most.</source>
            <translation>Hält das Bild auf höchstens drei Blitze in der Sekunde.</translation>
        </message>
        <message>
            <location filename="../../visualizer/gui/settings_panel.py" />
            <source>Without the limit the picture may flash fast and strongly. That can cause seizures in people with photosensitive epilepsy, also in people who do not know that they have it. Turn it off only where nobody else is watching, or where everybody knows.</source>
            <translation>Ohne die Begrenzung kann das Bild schnell und stark blitzen. Das kann bei Menschen mit fotosensibler Epilepsie Anfälle auslösen, auch bei solchen, die nichts davon wissen. Schalten Sie sie nur aus, wo niemand sonst zusieht oder wo alle es wissen.</translation>
        </message>
        <message>
            <location filename="../../visualizer/gui/settings_panel.py" />
            <source>As the desktop</source>
            <translation>Wie der Desktop</translation>
        </message>
        <message>
            <location filename="../../visualizer/gui/settings_panel.py" />
            <source>Dark</source>
            <translation>Dunkel</translation>
        </message>
        <message>
            <location filename="../../visualizer/gui/settings_panel.py" />
            <source>Light</source>
            <translation>Hell</translation>
        </message>
        <message>
            <location filename="../../visualizer/gui/settings_panel.py" />
            <source>As the desktop asks</source>
            <translation>Wie es der Desktop wünscht</translation>
        </message>
        <message>
            <location filename="../../visualizer/gui/settings_panel.py" />
            <source>Full</source>
            <translation>Voll</translation>
        </message>
        <message>
            <location filename="../../visualizer/gui/settings_panel.py" />
            <source>Reduced: slow fades only</source>
            <translation>Verringert: nur langsame Blenden</translation>
        </message>
        <message>
            <location filename="../../visualizer/gui/settings_panel.py" />
            <source>Pages</source>
            <translation>Seiten</translation>
        </message>
        <message>
            <location filename="../../visualizer/gui/settings_panel.py" />
            <source>Display stays awake while music plays</source>
            <translation>Bildschirm bleibt wach, solange Musik spielt</translation>
        </message>
        <message>
            <location filename="../../visualizer/gui/settings_panel.py" />
            <source>Appearance</source>
            <translation>Aussehen</translation>
        </message>
        <message>
            <location filename="../../visualizer/gui/settings_panel.py" />
            <source>Settings</source>
            <translation>Einstellungen</translation>
        </message>
        <message>
            <location filename="../../visualizer/gui/settings_panel.py" />
            <source>Limit flashes</source>
            <translation>Blitze begrenzen</translation>
        </message>
        <message>
            <location filename="../../visualizer/gui/settings_panel.py" />
            <source>Keep the limit</source>
            <translation>Begrenzung behalten</translation>
        </message>
        <message>
            <location filename="../../visualizer/gui/settings_panel.py" />
            <source>Turn it off</source>
            <translation>Ausschalten</translation>
        </message>
        <message>
            <location filename="../../visualizer/gui/settings_panel.py" />
            <source>Flashing light</source>
            <translation>Lichtblitze</translation>
        </message>
        <message>
            <location filename="../../visualizer/gui/settings_panel.py" />
            <source>General</source>
            <translation>Allgemein</translation>
        </message>
        <message>
            <location filename="../../visualizer/gui/sheets.py" />
            <source>No model is loaded yet.</source>
            <translation>Es ist noch kein Modell geladen.</translation>
        </message>
        <message>
            <location filename="../../visualizer/gui/sheets.py" />
            <source>It runs on {provider} ({reason}).</source>
            <translation>Es läuft auf {provider} ({reason}).</translation>
        </message>
        <message>
            <location filename="../../visualizer/gui/sheets.py" />
            <source>The model that paints is {title} ({name}).</source>
            <translation>Das Modell, das malt, ist {title} ({name}).</translation>
        </message>
        <message>
            <location filename="../../visualizer/gui/sheets.py" />
            <source>Licence: {licence}</source>
            <translation>Lizenz: {licence}</translation>
        </message>
        <message>
            <location filename="../../visualizer/gui/shows.py" />
            <source>Painting saved: {path}</source>
            <translation>Gemälde gespeichert: {path}</translation>
        </message>
        <message>
            <location filename="../../visualizer/gui/shows.py" />
            <source>Save this scene</source>
            <translation>Diese Szene speichern</translation>
        </message>
        <message>
            <location filename="../../visualizer/gui/shows.py" />
            <source>Name of the scene: model, period, knobs, fit, transition and look are kept.</source>
            <translation>Name der Szene: Modell, Epoche, Regler, Hängung, Übergang und Motiv werden festgehalten.</translation>
        </message>
        <message>
            <location filename="../../visualizer/gui/shows.py" />
            <source>Open a scene…</source>
            <translation>Szene öffnen …</translation>
        </message>
        <message>
            <location filename="../../visualizer/gui/shows.py" />
            <source>Open a scene</source>
            <translation>Szene öffnen</translation>
        </message>
        <message>
            <location filename="../../visualizer/gui/shows.py" />
            <source>There is no painting to save yet: play some music first.</source>
            <translation>Es gibt noch kein Gemälde zu speichern: Spielen Sie zuerst Musik.</translation>
        </message>
        <message>
            <location filename="../../visualizer/gui/shows.py" />
            <source>Scenes ({endings})</source>
            <translation>Szenen ({endings})</translation>
        </message>
        <message>
            <location filename="../../visualizer/gui/shows.py" />
            <source>The scene cannot be saved: {error}.</source>
            <translation>Die Szene kann nicht gespeichert werden: {error}.</translation>
        </message>
        <message>
            <location filename="../../visualizer/gui/shows.py" />
            <source>Scene saved: {path}</source>
            <translation>Szene gespeichert: {path}</translation>
        </message>
        <message>
            <location filename="../../visualizer/gui/sound_meters.py" />
            <source>kick</source>
            <translation>Kick</translation>
        </message>
        <message>
            <location filename="../../visualizer/gui/sound_meters.py" />
            <source>snare</source>
            <translation>Snare</translation>
        </message>
        <message>
            <location filename="../../visualizer/gui/sound_meters.py" />
            <source>hat</source>
            <translation>Hi-Hat</translation>
        </message>
        <message>
            <location filename="../../visualizer/gui/sound_meters.py" />
            <source>bass</source>
            <translation>Bass</translation>
        </message>
        <message>
            <location filename="../../visualizer/gui/sound_meters.py" />
            <source>low</source>
            <translation>tief</translation>
        </message>
        <message>
            <location filename="../../visualizer/gui/sound_meters.py" />
            <source>mid</source>
            <translation>mittel</translation>
        </message>
        <message>
            <location filename="../../visualizer/gui/sound_meters.py" />
            <source>treble</source>
            <translation>hoch</translation>
        </message>
        <message>
            <location filename="../../visualizer/gui/sound_meters.py" />
            <source>air</source>
            <translation>Luft</translation>
        </message>
        <message>
            <location filename="../../visualizer/gui/sound_meters.py" />
            <source>about {bpm:.0f} BPM</source>
            <translation>etwa {bpm:.0f} BPM</translation>
        </message>
        <message>
            <location filename="../../visualizer/gui/sound_meters.py" />
            <source>{db:.0f} dB</source>
            <translation>{db:.0f} dB</translation>
        </message>
        <message>
            <location filename="../../visualizer/gui/sound_meters.py" />
            <source>no steady beat</source>
            <translation>kein fester Schlag</translation>
        </message>
        <message>
            <location filename="../../visualizer/gui/sound_meters.py" />
            <source>{bpm:.0f} BPM</source>
            <translation>{bpm:.0f} BPM</translation>
        </message>
        <message>
            <location filename="../../visualizer/gui/sound_meters.py" />
            <source>silence</source>
            <translation>Stille</translation>
        </message>
        <message>
            <location filename="../../visualizer/gui/stage.py" />
            <source>Flash limit is off: turn it on</source>
            <translation>Blitze unbegrenzt: begrenzen</translation>
        </message>
        <message>
            <location filename="../../visualizer/gui/start.py" />
            <source>Safe mode: drawn without OpenGL, with fresh settings. Nothing that is changed now is kept.</source>
            <translation>Abgesicherter Modus: ohne OpenGL gezeichnet, mit frischen Einstellungen. Was jetzt geändert wird, bleibt nicht erhalten.</translation>
        </message>
        <message>
            <location filename="../../visualizer/gui/start.py" />
            <source>The settings begin anew, {kept}.</source>
            <translation>Die Einstellungen beginnen neu, {kept}.</translation>
        </message>
        <message>
            <location filename="../../visualizer/gui/start.py" />
            <source>There is no display “{name}”: use one of {there}, or a number from 1.</source>
            <translation>Es gibt keinen Bildschirm „{name}“: Nehmen Sie einen von {there} oder eine Zahl ab 1.</translation>
        </message>
        <message>
            <location filename="../../visualizer/gui/timing_page.py" />
            <source>Start the click, look at the light and move the line until both come together. Loudspeakers without a cable are often 100 to 300 ms late: then the picture must come later too.</source>
            <translation>Starten Sie den Klick, sehen Sie auf das Licht und schieben Sie die Linie, bis beide zugleich kommen. Lautsprecher ohne Kabel sind oft 100 bis 300 ms zu spät: Dann muss auch das Bild später kommen.</translation>
        </message>
        <message>
            <location filename="../../visualizer/gui/timing_page.py" />
            <source>Clap near the microphone, look at the light and move the line until both come together. What is heard through an input can be shown later, but hardly earlier: it must be heard first.</source>
            <translation>Klatschen Sie nahe am Mikrofon, sehen Sie auf das Licht und schieben Sie die Linie, bis beide zugleich kommen. Was durch einen Eingang gehört wird, kann später gezeigt werden, aber kaum früher: Es muss erst gehört werden.</translation>
        </message>
        <message>
            <location filename="../../visualizer/gui/timing_page.py" />
            <source>Light of the click</source>
            <translation>Licht des Klicks</translation>
        </message>
        <message>
            <location filename="../../visualizer/gui/timing_page.py" />
            <source>Start the click</source>
            <translation>Klick starten</translation>
        </message>
        <message>
            <location filename="../../visualizer/gui/timing_page.py" />
            <source>Stop the click</source>
            <translation>Klick anhalten</translation>
        </message>
        <message>
            <location filename="../../visualizer/gui/transport.py" />
            <source>Position</source>
            <translation>Stelle</translation>
        </message>
        <message>
            <location filename="../../visualizer/gui/transport.py" />
            <source>Volume</source>
            <translation>Lautstärke</translation>
        </message>
        <message>
            <location filename="../../visualizer/gui/transport.py" />
            <source>What is heard: {name}</source>
            <translation>Was gehört wird: {name}</translation>
        </message>
        <message>
            <location filename="../../visualizer/gui/transport.py" />
            <source>Pause</source>
            <translation>Anhalten</translation>
        </message>
        <message>
            <location filename="../../visualizer/gui/transport.py" />
            <source>Play</source>
            <translation>Abspielen</translation>
        </message>
        <message>
            <location filename="../../visualizer/gui/transport.py" />
            <source>Opening…</source>
            <translation>Wird geöffnet …</translation>
        </message>
        <message>
            <location filename="../../visualizer/gui/transport.py" />
            <source>No music yet</source>
            <translation>Noch keine Musik</translation>
        </message>
        <message>
            <location filename="../../visualizer/gui/transport.py" />
            <source>{position} of {duration}</source>
            <translation>{position} von {duration}</translation>
        </message>
        <message>
            <location filename="../../visualizer/gui/transport.py" />
            <source>listening</source>
            <translation>hört zu</translation>
        </message>
        <message>
            <location filename="../../visualizer/gui/transport.py" />
            <source>not listening</source>
            <translation>hört nicht zu</translation>
        </message>
        <message>
            <location filename="../../visualizer/gui/welcome.py" />
            <source>Play {composer}, {title} ({period})</source>
            <translation>{composer}, {title} ({period}) spielen</translation>
        </message>
        <message>
            <location filename="../../visualizer/gui/welcome.py" />
            <source>What shall be painted?</source>
            <translation>Was soll gemalt werden?</translation>
        </message>
        <message>
            <location filename="../../visualizer/gui/welcome.py" />
            <source>Drop music or a folder anywhere on this wall, or begin with a piece of one of five periods.</source>
            <translation>Ziehen Sie Musik oder einen Ordner irgendwo auf diese Wand, oder beginnen Sie mit einem Stück aus einer von fünf Epochen.</translation>
        </message>
        <message>
            <location filename="../../visualizer/gui/welcome.py" />
            <source>Open music files…</source>
            <translation>Musikdateien öffnen …</translation>
        </message>
        <message>
            <location filename="../../visualizer/gui/welcome.py" />
            <source>Listen to the microphone</source>
            <translation>Dem Mikrofon zuhören</translation>
        </message>
        <message>
            <location filename="../../visualizer/gui/window.py" />
            <source>Listen</source>
            <translation>Zuhören</translation>
        </message>
        <message>
            <location filename="../../visualizer/painting/model_card.py" />
            <source>the installed models are {models}; choose one of them, or name a model folder</source>
            <translation>installiert sind die Modelle {models}; eines davon wählen, oder einen Modellordner nennen</translation>
        </message>
        <message>
            <location filename="../../visualizer/painting/model_card.py" />
            <source>There is no model “{name}”: {choices}.</source>
            <translation>Ein Modell „{name}“ gibt es nicht: {choices}.</translation>
        </message>
        <message>
            <location filename="../../visualizer/painting/model_card.py" />
            <source>no models are installed in {folder}, so install the app again or name a model folder</source>
            <translation>in {folder} sind keine Modelle installiert; das Programm neu installieren oder einen Modellordner nennen</translation>
        </message>
        <message>
            <location filename="../../visualizer/painting/model_card.py" />
            <source>{path} has format {found}, this build reads {wanted}: update the app or export again.</source>
            <translation>{path} hat das Format {found}, diese Version liest {wanted}: Bitte das Programm aktualisieren oder das Modell neu exportieren.</translation>
        </message>
        <message>
            <location filename="../../visualizer/painting/model_card.py" />
            <source>{path} lists the periods {found}, this build has {wanted}: export it again.</source>
            <translation>{path} nennt die Epochen {found}, diese Version kennt {wanted}: Bitte das Modell neu exportieren.</translation>
        </message>
        <message>
            <location filename="../../visualizer/painting/model_card.py" />
            <source>Model “{name}” lacks its file {path}: copy the whole folder again; {choices}.</source>
            <translation>Dem Modell „{name}“ fehlt die Datei {path}: Bitte den ganzen Ordner neu kopieren; {choices}.</translation>
        </message>
        <message>
            <location filename="../../visualizer/painting/model_card.py" />
            <source>{path} ({size} bytes) is damaged, its checksum is not that of {card}: copy the model again (with git: git checkout), or export it again.</source>
            <translation>{path} ({size} Bytes) ist beschädigt, die Prüfsumme ist nicht die aus {card}: Bitte das Modell neu kopieren (mit git: git checkout) oder neu exportieren.</translation>
        </message>
        <message>
            <location filename="../../visualizer/painting/model_card.py" />
            <source>{path} holds no model card: export the model again.</source>
            <translation>{path} enthält keine Modellkarte: Bitte das Modell neu exportieren.</translation>
        </message>
        <message>
            <location filename="../../visualizer/painting/model_card.py" />
            <source>“{name}” is missing</source>
            <translation>„{name}“ fehlt</translation>
        </message>
        <message>
            <location filename="../../visualizer/painting/model_card.py" />
            <source>{path} is not a usable model card ({cause}): export the model again.</source>
            <translation>{path} ist keine brauchbare Modellkarte ({cause}): Bitte das Modell neu exportieren.</translation>
        </message>
        <message>
            <location filename="../../visualizer/painting/model_card.py" />
            <source>{folder} is no model folder, it has no {card}: {choices}.</source>
            <translation>{folder} ist kein Modellordner, {card} fehlt darin: {choices}.</translation>
        </message>
        <message>
            <location filename="../../visualizer/painting/model_card.py" />
            <source>{path} cannot be read ({cause}): check its permissions.</source>
            <translation>{path} ist nicht lesbar ({cause}): Bitte die Zugriffsrechte prüfen.</translation>
        </message>
        <message>
            <location filename="../../visualizer/painting/model_card.py" />
            <source>{path} is damaged ({cause}): copy or export the model again.</source>
            <translation>{path} ist beschädigt ({cause}): Bitte das Modell neu kopieren oder exportieren.</translation>
        </message>
        <message>
            <location filename="../../visualizer/painting/models.py" />
            <source>{path} gives {name} {found}, not {wanted}: export the model again.</source>
            <translation>{path} liefert {name} {found} statt {wanted}: Bitte das Modell neu exportieren.</translation>
        </message>
        <message>
            <location filename="../../visualizer/painting/models.py" />
            <source>{path} gives values of {name} that are no numbers: its training failed, use another model.</source>
            <translation>{path} liefert für {name} Werte, die keine Zahlen sind: Das Training ist misslungen, bitte ein anderes Modell wählen.</translation>
        </message>
        <message>
            <location filename="../../visualizer/painting/models.py" />
            <source>{path} gives periods that are no probabilities: export the model again.</source>
            <translation>{path} liefert Epochen, die keine Wahrscheinlichkeiten sind: Bitte das Modell neu exportieren.</translation>
        </message>
        <message>
            <location filename="../../visualizer/painting/models.py" />
            <source>Model “{name}” does not run ({cause}): export it again.</source>
            <translation>Das Modell „{name}“ läuft nicht ({cause}): Bitte neu exportieren.</translation>
        </message>
        <message>
            <location filename="../../visualizer/painting/networks.py" />
            <source>the processor was asked for</source>
            <translation>der Prozessor ist so gewählt</translation>
        </message>
        <message>
            <location filename="../../visualizer/painting/networks.py" />
            <source>this build of onnxruntime has no CUDA</source>
            <translation>dieses onnxruntime hat kein CUDA</translation>
        </message>
        <message>
            <location filename="../../visualizer/painting/networks.py" />
            <source>{name} {value} instead of {trained}</source>
            <translation>{name} {value} statt {trained}</translation>
        </message>
        <message>
            <location filename="../../visualizer/painting/networks.py" />
            <source>{folder} says {changes}, which {path} was not trained with: export it again.</source>
            <translation>{folder} nennt {changes}, womit {path} nicht trainiert ist: Bitte neu exportieren.</translation>
        </message>
        <message>
            <location filename="../../visualizer/painting/networks.py" />
            <source>CUDA did not start: install the CUDA and cuDNN versions that onnxruntime-gpu asks for</source>
            <translation>CUDA startet nicht: die Versionen von CUDA und cuDNN installieren, die onnxruntime-gpu verlangt</translation>
        </message>
        <message>
            <location filename="../../visualizer/painting/networks.py" />
            <source>no NVIDIA driver was found</source>
            <translation>kein NVIDIA-Treiber gefunden</translation>
        </message>
        <message>
            <location filename="../../visualizer/painting/networks.py" />
            <source>{path} has the inputs {found}, its card needs {wanted}: export the model again.</source>
            <translation>{path} hat die Eingänge {found}, die Modellkarte verlangt {wanted}: Bitte das Modell neu exportieren.</translation>
        </message>
        <message>
            <location filename="../../visualizer/painting/networks.py" />
            <source>{path} has the outputs {found}, its card needs {wanted}: export the model again.</source>
            <translation>{path} hat die Ausgänge {found}, die Modellkarte verlangt {wanted}: Bitte das Modell neu exportieren.</translation>
        </message>
        <message>
            <location filename="../../visualizer/painting/networks.py" />
            <source>CUDA works</source>
            <translation>CUDA funktioniert</translation>
        </message>
        <message>
            <location filename="../../visualizer/painting/networks.py" />
            <source>onnxruntime does not load ({cause}): pip install onnxruntime.</source>
            <translation>onnxruntime lässt sich nicht laden ({cause}): pip install onnxruntime.</translation>
        </message>
        <message>
            <location filename="../../visualizer/painting/networks.py" />
            <source>{path} is no usable network ({cause}): export the model again.</source>
            <translation>{path} ist kein brauchbares Netz ({cause}): Bitte das Modell neu exportieren.</translation>
        </message>
        <message>
            <location filename="../../visualizer/painting/networks.py" />
            <source>{path} does not say how its sound was prepared (mvnet.spec): export it again.</source>
            <translation>{path} sagt nicht, wie der Klang aufbereitet war (mvnet.spec): Bitte neu exportieren.</translation>
        </message>
        <message>
            <location filename="../../visualizer/painting/paint.py" />
            <source>{path} cannot be written ({cause}): choose another place.</source>
            <translation>{path} lässt sich nicht schreiben ({cause}): Bitte einen anderen Ort wählen.</translation>
        </message>
        <message>
            <location filename="../../visualizer/picture/picture_file.py" />
            <source>{folder} cannot be made ({cause}): the painting is not saved; check its permissions.</source>
            <translation>{folder} lässt sich nicht anlegen ({cause}): Das Gemälde ist nicht gespeichert, bitte die Zugriffsrechte prüfen.</translation>
        </message>
        <message>
            <location filename="../../visualizer/rendering/video.py" />
            <source>{path} cannot be written ({cause}): make room there or choose another place.</source>
            <translation>{path} lässt sich nicht schreiben ({cause}): Bitte dort Platz schaffen oder einen anderen Ort wählen.</translation>
        </message>
        <message>
            <location filename="../../visualizer/show/actions.py" />
            <source>Music</source>
            <translation>Musik</translation>
        </message>
        <message>
            <location filename="../../visualizer/show/actions.py" />
            <source>Perform</source>
            <translation>Auftritt</translation>
        </message>
        <message>
            <location filename="../../visualizer/show/actions.py" />
            <source>View</source>
            <translation>Ansicht</translation>
        </message>
        <message>
            <location filename="../../visualizer/show/actions.py" />
            <source>Help</source>
            <translation>Hilfe</translation>
        </message>
        <message>
            <location filename="../../visualizer/show/actions.py" />
            <source>Paint renaissance</source>
            <translation>Renaissance malen</translation>
        </message>
        <message>
            <location filename="../../visualizer/show/actions.py" />
            <source>Paint baroque</source>
            <translation>Barock malen</translation>
        </message>
        <message>
            <location filename="../../visualizer/show/actions.py" />
            <source>Paint classical</source>
            <translation>Klassik malen</translation>
        </message>
        <message>
            <location filename="../../visualizer/show/actions.py" />
            <source>Paint romantic</source>
            <translation>Romantik malen</translation>
        </message>
        <message>
            <location filename="../../visualizer/show/actions.py" />
            <source>Paint modern</source>
            <translation>Moderne malen</translation>
        </message>
        <message>
            <location filename="../../visualizer/show/actions.py" />
            <source>Ctrl</source>
            <translation>Strg</translation>
        </message>
        <message>
            <location filename="../../visualizer/show/actions.py" />
            <source>Shift</source>
            <translation>Umschalt</translation>
        </message>
        <message>
            <location filename="../../visualizer/show/actions.py" />
            <source>Space</source>
            <translation>Leertaste</translation>
        </message>
        <message>
            <location filename="../../visualizer/show/actions.py" />
            <source>Backspace</source>
            <translation>Rücktaste</translation>
        </message>
        <message>
            <location filename="../../visualizer/show/actions.py" />
            <source>Enter</source>
            <translation>Eingabe</translation>
        </message>
        <message>
            <location filename="../../visualizer/show/actions.py" />
            <source>Open a folder of music…</source>
            <translation>Ordner mit Musik öffnen …</translation>
        </message>
        <message>
            <location filename="../../visualizer/show/actions.py" />
            <source>Recent</source>
            <translation>Zuletzt gehört</translation>
        </message>
        <message>
            <location filename="../../visualizer/show/actions.py" />
            <source>Listen to</source>
            <translation>Zuhören</translation>
        </message>
        <message>
            <location filename="../../visualizer/show/actions.py" />
            <source>Listen to the next input</source>
            <translation>Dem nächsten Eingang zuhören</translation>
        </message>
        <message>
            <location filename="../../visualizer/show/actions.py" />
            <source>Play or pause</source>
            <translation>Abspielen oder anhalten</translation>
        </message>
        <message>
            <location filename="../../visualizer/show/actions.py" />
            <source>Next piece</source>
            <translation>Nächstes Stück</translation>
        </message>
        <message>
            <location filename="../../visualizer/show/actions.py" />
            <source>Previous piece</source>
            <translation>Voriges Stück</translation>
        </message>
        <message>
            <location filename="../../visualizer/show/actions.py" />
            <source>Forward 5 seconds</source>
            <translation>5 Sekunden vor</translation>
        </message>
        <message>
            <location filename="../../visualizer/show/actions.py" />
            <source>Back 5 seconds</source>
            <translation>5 Sekunden zurück</translation>
        </message>
        <message>
            <location filename="../../visualizer/show/actions.py" />
            <source>Forward 30 seconds</source>
            <translation>30 Sekunden vor</translation>
        </message>
        <message>
            <location filename="../../visualizer/show/actions.py" />
            <source>Back 30 seconds</source>
            <translation>30 Sekunden zurück</translation>
        </message>
        <message>
            <location filename="../../visualizer/show/actions.py" />
            <source>Louder</source>
            <translation>Lauter</translation>
        </message>
        <message>
            <location filename="../../visualizer/show/actions.py" />
            <source>Quieter</source>
            <translation>Leiser</translation>
        </message>
        <message>
            <location filename="../../visualizer/show/actions.py" />
            <source>Mute</source>
            <translation>Stumm</translation>
        </message>
        <message>
            <location filename="../../visualizer/show/actions.py" />
            <source>Whole painting on the wall</source>
            <translation>Ganzes Gemälde an der Wand</translation>
        </message>
        <message>
            <location filename="../../visualizer/show/actions.py" />
            <source>Next way to hang it</source>
            <translation>Nächste Hängung</translation>
        </message>
        <message>
            <location filename="../../visualizer/show/actions.py" />
            <source>React more to the music</source>
            <translation>Stärker auf die Musik reagieren</translation>
        </message>
        <message>
            <location filename="../../visualizer/show/actions.py" />
            <source>React less to the music</source>
            <translation>Schwächer auf die Musik reagieren</translation>
        </message>
        <message>
            <location filename="../../visualizer/show/actions.py" />
            <source>Save the painting as PNG</source>
            <translation>Gemälde als PNG speichern</translation>
        </message>
        <message>
            <location filename="../../visualizer/show/actions.py" />
            <source>Model</source>
            <translation>Modell</translation>
        </message>
        <message>
            <location filename="../../visualizer/show/actions.py" />
            <source>Next look</source>
            <translation>Nächstes Motiv</translation>
        </message>
        <message>
            <location filename="../../visualizer/show/actions.py" />
            <source>Previous look</source>
            <translation>Voriges Motiv</translation>
        </message>
        <message>
            <location filename="../../visualizer/show/actions.py" />
            <source>Back to the look before</source>
            <translation>Zurück zum Motiv davor</translation>
        </message>
        <message>
            <location filename="../../visualizer/show/actions.py" />
            <source>Random look</source>
            <translation>Zufälliges Motiv</translation>
        </message>
        <message>
            <location filename="../../visualizer/show/actions.py" />
            <source>Lock the look</source>
            <translation>Motiv festhalten</translation>
        </message>
        <message>
            <location filename="../../visualizer/show/actions.py" />
            <source>Freeze the picture</source>
            <translation>Bild einfrieren</translation>
        </message>
        <message>
            <location filename="../../visualizer/show/actions.py" />
            <source>Fade to black</source>
            <translation>Auf Schwarz blenden</translation>
        </message>
        <message>
            <location filename="../../visualizer/show/actions.py" />
            <source>Tap the tempo</source>
            <translation>Tempo klopfen</translation>
        </message>
        <message>
            <location filename="../../visualizer/show/actions.py" />
            <source>The bar begins now</source>
            <translation>Der Takt beginnt jetzt</translation>
        </message>
        <message>
            <location filename="../../visualizer/show/actions.py" />
            <source>Beat a little earlier</source>
            <translation>Schlag etwas früher</translation>
        </message>
        <message>
            <location filename="../../visualizer/show/actions.py" />
            <source>Beat a little later</source>
            <translation>Schlag etwas später</translation>
        </message>
        <message>
            <location filename="../../visualizer/show/actions.py" />
            <source>Twice the tempo</source>
            <translation>Doppeltes Tempo</translation>
        </message>
        <message>
            <location filename="../../visualizer/show/actions.py" />
            <source>Half the tempo</source>
            <translation>Halbes Tempo</translation>
        </message>
        <message>
            <location filename="../../visualizer/show/actions.py" />
            <source>Tempo by ear again</source>
            <translation>Tempo wieder nach Gehör</translation>
        </message>
        <message>
            <location filename="../../visualizer/show/actions.py" />
            <source>Record picture and sound</source>
            <translation>Bild und Ton aufnehmen</translation>
        </message>
        <message>
            <location filename="../../visualizer/show/actions.py" />
            <source>Picture as a virtual camera</source>
            <translation>Bild als virtuelle Kamera</translation>
        </message>
        <message>
            <location filename="../../visualizer/show/actions.py" />
            <source>Scenes</source>
            <translation>Szenen</translation>
        </message>
        <message>
            <location filename="../../visualizer/show/actions.py" />
            <source>Save this scene…</source>
            <translation>Diese Szene speichern …</translation>
        </message>
        <message>
            <location filename="../../visualizer/show/actions.py" />
            <source>Full screen</source>
            <translation>Vollbild</translation>
        </message>
        <message>
            <location filename="../../visualizer/show/actions.py" />
            <source>Leave full screen</source>
            <translation>Vollbild verlassen</translation>
        </message>
        <message>
            <location filename="../../visualizer/show/actions.py" />
            <source>Output window</source>
            <translation>Ausgabefenster</translation>
        </message>
        <message>
            <location filename="../../visualizer/show/actions.py" />
            <source>Output on display</source>
            <translation>Ausgabe auf Bildschirm</translation>
        </message>
        <message>
            <location filename="../../visualizer/show/actions.py" />
            <source>Output on the next display</source>
            <translation>Ausgabe auf dem nächsten Bildschirm</translation>
        </message>
        <message>
            <location filename="../../visualizer/show/actions.py" />
            <source>Desk: knobs, meters, map</source>
            <translation>Pult: Regler, Anzeigen, Karte</translation>
        </message>
        <message>
            <location filename="../../visualizer/show/actions.py" />
            <source>Reduce motion</source>
            <translation>Bewegung verringern</translation>
        </message>
        <message>
            <location filename="../../visualizer/show/actions.py" />
            <source>Settings…</source>
            <translation>Einstellungen …</translation>
        </message>
        <message>
            <location filename="../../visualizer/show/actions.py" />
            <source>Open this menu</source>
            <translation>Dieses Menü öffnen</translation>
        </message>
        <message>
            <location filename="../../visualizer/show/actions.py" />
            <source>Keys and help</source>
            <translation>Tasten und Hilfe</translation>
        </message>
        <message>
            <location filename="../../visualizer/show/actions.py" />
            <source>About</source>
            <translation>Über das Programm</translation>
        </message>
        <message>
            <location filename="../../visualizer/show/jukebox.py" />
            <source>Waiting for {input}</source>
            <translation>Warten auf {input}</translation>
        </message>
        <message>
            <location filename="../../visualizer/show/jukebox.py" />
            <source>{title} (waiting for {input})</source>
            <translation>{title} (Warten auf {input})</translation>
        </message>
        <message>
            <location filename="../../visualizer/show/jukebox.py" />
            <source>nothing</source>
            <translation>nichts</translation>
        </message>
        <message>
            <location filename="../../visualizer/show/jukebox.py" />
            <source>There is no music in {named}: choose wav, flac, mp3, ogg, opus, m4a or aac files.</source>
            <translation>Keine Musik gefunden in: {named}. Bitte Dateien der Art wav, flac, mp3, ogg, opus, m4a oder aac wählen.</translation>
        </message>
        <message>
            <location filename="../../visualizer/show/jukebox.py" />
            <source>an input</source>
            <translation>einen Eingang</translation>
        </message>
        <message>
            <location filename="../../visualizer/show/live_input.py" />
            <source>listening to “{name}” meanwhile</source>
            <translation>bis dahin wird „{name}“ gehört</translation>
        </message>
        <message>
            <location filename="../../visualizer/show/live_input.py" />
            <source>silence until then</source>
            <translation>bis dahin ist es still</translation>
        </message>
        <message>
            <location filename="../../visualizer/show/live_input.py" />
            <source>No sound input was found: connect a microphone or start the sound server.</source>
            <translation>Kein Toneingang gefunden: Bitte ein Mikrofon anschließen oder den Tonserver starten.</translation>
        </message>
        <message>
            <location filename="../../visualizer/show/live_input.py" />
            <source>There is no sound input “{name}”: choose one of {there}.</source>
            <translation>Einen Toneingang „{name}“ gibt es nicht: Bitte einen von diesen wählen: {there}.</translation>
        </message>
        <message>
            <location filename="../../visualizer/show/live_input.py" />
            <source>The input “{name}” is not there: connect it, or choose another; {meanwhile}.</source>
            <translation>Der Eingang „{name}“ ist nicht da: Bitte anschließen oder einen anderen wählen; {meanwhile}.</translation>
        </message>
        <message>
            <location filename="../../visualizer/show/live_input.py" />
            <source>The input “{name}” is back.</source>
            <translation>Der Eingang „{name}“ ist wieder da.</translation>
        </message>
        <message>
            <location filename="../../visualizer/show/live_input.py" />
            <source>The input “{name}” stopped: connect it again, or choose another; {meanwhile}.</source>
            <translation>Der Eingang „{name}“ ist ausgefallen: Bitte wieder anschließen oder einen anderen wählen; {meanwhile}.</translation>
        </message>
        <message>
            <location filename="../../visualizer/show/live_input.py" />
            <source>Now listening to “{name}”: it has become what this computer uses.</source>
            <translation>Jetzt wird „{name}“ gehört: Dieser Rechner benutzt es nun.</translation>
        </message>
        <message>
            <location filename="../../visualizer/show/live_input.py" />
            <source>The input “{name}” was interrupted; it goes on.</source>
            <translation>Der Eingang „{name}“ war unterbrochen; es geht weiter.</translation>
        </message>
        <message>
            <location filename="../../visualizer/show/recorder.py" />
            <source>Recorded {time}: {path}.</source>
            <translation>{time} aufgenommen: {path}.</translation>
        </message>
        <message>
            <location filename="../../visualizer/show/recorder.py" />
            <source>The recording was too short: nothing was kept.</source>
            <translation>Die Aufnahme war zu kurz: Nichts wurde behalten.</translation>
        </message>
        <message>
            <location filename="../../visualizer/show/recorder.py" />
            <source>The machine was busy: {count} images were left out.</source>
            <translation>Der Rechner war ausgelastet: {count} Bilder wurden ausgelassen.</translation>
        </message>
        <message>
            <location filename="../../visualizer/show/recorder.py" />
            <source>The recording ended: {folder} cannot be written fast enough.</source>
            <translation>Die Aufnahme ist beendet: {folder} lässt sich nicht schnell genug beschreiben.</translation>
        </message>
        <message>
            <location filename="../../visualizer/show/recorder.py" />
            <source>The recording ended: the disk of {folder} is nearly full; make room there.</source>
            <translation>Die Aufnahme ist beendet: Der Datenträger von {folder} ist fast voll, bitte dort Platz schaffen.</translation>
        </message>
        <message>
            <location filename="../../visualizer/show/recorder.py" />
            <source>The recording ended: its picture cannot be drawn ({cause}).</source>
            <translation>Die Aufnahme ist beendet: Ihr Bild kann nicht gezeichnet werden ({cause}).</translation>
        </message>
        <message>
            <location filename="../../visualizer/show/recorder.py" />
            <source>{folder} cannot be made ({cause}): nothing is recorded; check its permissions.</source>
            <translation>{folder} lässt sich nicht anlegen ({cause}): Nichts wird aufgenommen; bitte die Zugriffsrechte prüfen.</translation>
        </message>
        <message>
            <location filename="../../visualizer/show/scenes.py" />
            <source>The scene {path} cannot be read ({cause}): choose another.</source>
            <translation>Die Szene {path} lässt sich nicht lesen ({cause}): Bitte eine andere wählen.</translation>
        </message>
        <message>
            <location filename="../../visualizer/show/scenes.py" />
            <source>The scene {name} has format {format}, this version knows {known}: update the app to use it.</source>
            <translation>Die Szene {name} hat das Format {format}, diese Version kennt {known}: Bitte das Programm aktualisieren.</translation>
        </message>
        <message>
            <location filename="../../visualizer/show/scenes.py" />
            <source>The scene {name} is damaged ({error}): choose another, or save it anew.</source>
            <translation>Die Szene {name} ist beschädigt ({error}): Bitte eine andere wählen oder sie neu sichern.</translation>
        </message>
        <message>
            <location filename="../../visualizer/show/scenes.py" />
            <source>{path} cannot be written ({cause}): the scene is not saved.</source>
            <translation>{path} lässt sich nicht schreiben ({cause}): Die Szene ist nicht gesichert.</translation>
        </message>
        <message>
            <location filename="../../visualizer/show/virtual_camera.py" />
            <source>load its kernel module with “sudo modprobe v4l2loopback”</source>
            <translation>das Kernelmodul mit „sudo modprobe v4l2loopback“ laden</translation>
        </message>
        <message>
            <location filename="../../visualizer/show/virtual_camera.py" />
            <source>install OBS, which brings one</source>
            <translation>OBS installieren, das eine mitbringt</translation>
        </message>
        <message>
            <location filename="../../visualizer/show/virtual_camera.py" />
            <source>install OBS and start its virtual camera once</source>
            <translation>OBS installieren und seine virtuelle Kamera einmal starten</translation>
        </message>
        <message>
            <location filename="../../visualizer/show/virtual_camera.py" />
            <source>The virtual camera stopped ({cause}).</source>
            <translation>Die virtuelle Kamera endete ({cause}).</translation>
        </message>
        <message>
            <location filename="../../visualizer/show/virtual_camera.py" />
            <source>The virtual camera needs a package ({cause}): pip install pyvirtualcam.</source>
            <translation>Die virtuelle Kamera braucht ein Paket ({cause}): pip install pyvirtualcam.</translation>
        </message>
        <message>
            <location filename="../../visualizer/show/virtual_camera.py" />
            <source>No virtual camera is free ({cause}): {remedy}.</source>
            <translation>Keine virtuelle Kamera ist frei ({cause}): {remedy}.</translation>
        </message>
        <message>
            <location filename="../../visualizer/sound/advice.py" />
            <source>To hear what other programs play, run PulseAudio or PipeWire, and install pactl (package pulseaudio-utils).</source>
            <translation>Um zu hören, was andere Programme spielen: PulseAudio oder PipeWire starten und pactl installieren (Paket pulseaudio-utils).</translation>
        </message>
        <message>
            <location filename="../../visualizer/sound/advice.py" />
            <source>macOS lets no program hear what others play: install a virtual sound device, such as BlackHole, play into it, and choose it here.</source>
            <translation>macOS lässt kein Programm hören, was andere spielen: ein virtuelles Tongerät installieren, etwa BlackHole, darauf abspielen und es hier wählen.</translation>
        </message>
        <message>
            <location filename="../../visualizer/sound/advice.py" />
            <source>To hear what other programs play, install the package PyAudioWPatch and connect loudspeakers.</source>
            <translation>Um zu hören, was andere Programme spielen: das Paket PyAudioWPatch installieren und Lautsprecher anschließen.</translation>
        </message>
        <message>
            <location filename="../../visualizer/sound/capture.py" />
            <source>The sound input “{name}” does not start ({error}): choose another, or connect it again.</source>
            <translation>Der Toneingang „{name}“ startet nicht ({error}): Bitte einen anderen wählen oder ihn neu anschließen.</translation>
        </message>
        <message>
            <location filename="../../visualizer/sound/capture.py" />
            <source>Sound is captured beside the painting ({error}): samples may be lost; close other programs.</source>
            <translation>Der Ton wird neben dem Malen aufgenommen ({error}): Es kann etwas verloren gehen; bitte andere Programme schließen.</translation>
        </message>
        <message>
            <location filename="../../visualizer/sound/decoding.py" />
            <source>{name} cannot be played on ({cause}): choose another file.</source>
            <translation>{name} kann nicht weitergespielt werden ({cause}): Bitte eine andere Datei wählen.</translation>
        </message>
        <message>
            <location filename="../../visualizer/sound/decoding.py" />
            <source>The file</source>
            <translation>Die Datei</translation>
        </message>
        <message>
            <location filename="../../visualizer/sound/devices.py" />
            <source>No sound input was found: connect one, or start the sound server.</source>
            <translation>Kein Toneingang gefunden: Bitte einen anschließen oder den Tonserver starten.</translation>
        </message>
        <message>
            <location filename="../../visualizer/sound/devices.py" />
            <source>No sound output was found: connect one, or start the sound server.</source>
            <translation>Keine Tonausgabe gefunden: Bitte eine anschließen oder den Tonserver starten.</translation>
        </message>
        <message>
            <location filename="../../visualizer/sound/devices.py" />
            <source>The sound input “{name}” was not found: use one of {names}.</source>
            <translation>Den Toneingang „{name}“ gibt es nicht: Möglich sind {names}.</translation>
        </message>
        <message>
            <location filename="../../visualizer/sound/devices.py" />
            <source>The sound output “{name}” was not found: use one of {names}.</source>
            <translation>Den Tonausgang „{name}“ gibt es nicht: Möglich sind {names}.</translation>
        </message>
        <message>
            <location filename="../../visualizer/sound/devices.py" />
            <source>The sound input “{name}” fits more than one: use one of {names}.</source>
            <translation>„{name}“ passt auf mehrere Toneingänge: Möglich sind {names}.</translation>
        </message>
        <message>
            <location filename="../../visualizer/sound/devices.py" />
            <source>The sound output “{name}” fits more than one: use one of {names}.</source>
            <translation>„{name}“ passt auf mehrere Tonausgänge: Möglich sind {names}.</translation>
        </message>
        <message>
            <location filename="../../visualizer/sound/devices.py" />
            <source>The sound input “{name}” is not there: connect it again, or choose another.</source>
            <translation>Der Toneingang „{name}“ ist nicht da: Bitte wieder anschließen oder einen anderen wählen.</translation>
        </message>
        <message>
            <location filename="../../visualizer/sound/speaker.py" />
            <source>{reason} Playing silently.</source>
            <translation>{reason} Es spielt ohne Ton.</translation>
        </message>
        <message>
            <location filename="../../visualizer/sound/speaker.py" />
            <source>The sound output “{name}” stopped: connect it again.</source>
            <translation>Die Tonausgabe „{name}“ ist ausgefallen: Bitte wieder anschließen.</translation>
        </message>
        <message>
            <location filename="../../visualizer/sound/speaker.py" />
            <source>The sound output “{name}” does not start ({error}): choose another.</source>
            <translation>Die Tonausgabe „{name}“ startet nicht ({error}): Bitte eine andere wählen.</translation>
        </message>
        <message>
            <location filename="../../visualizer/sound/streams.py" />
            <source>The sound input “{name}” cannot be opened ({cause}): choose another, or check that no other program holds it.</source>
            <translation>Der Toneingang „{name}“ lässt sich nicht öffnen ({cause}): Bitte einen anderen wählen oder prüfen, ob ein anderes Programm ihn belegt.</translation>
        </message>
        <message>
            <location filename="../../visualizer/sound/streams.py" />
            <source>The sound output “{name}” cannot be opened ({cause}): choose another, or check that no other program holds it.</source>
            <translation>Die Tonausgabe „{name}“ lässt sich nicht öffnen ({cause}): Bitte eine andere wählen oder prüfen, ob ein anderes Programm sie belegt.</translation>
        </message>
        <message>
            <location filename="../../visualizer/sound/streams.py" />
            <source>Sound needs the PortAudio library ({error}): install it{how}.</source>
            <translation>Für Ton wird die Bibliothek PortAudio gebraucht ({error}): Bitte installieren{how}.</translation>
        </message>
        <message>
            <location filename="../../visualizer/words.py" />
            <source>0.5</source>
            <translation>0,5</translation>
        </message>
        <message>
            <location filename="../../visualizer/words.py" />
            <source>5%</source>
            <translation>5 %</translation>
        </message>
        <message>
            <location filename="../../visualizer/words.py" />
            <source>Renaissance</source>
            <translation>Renaissance</translation>
        </message>
        <message>
            <location filename="../../visualizer/words.py" />
            <source>Baroque</source>
            <translation>Barock</translation>
        </message>
        <message>
            <location filename="../../visualizer/words.py" />
            <source>Classical</source>
            <translation>Klassik</translation>
        </message>
        <message>
            <location filename="../../visualizer/words.py" />
            <source>Romantic</source>
            <translation>Romantik</translation>
        </message>
        <message>
            <location filename="../../visualizer/words.py" />
            <source>Modern</source>
            <translation>Moderne</translation>
        </message>
    </context>
</TS>
