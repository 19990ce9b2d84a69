// Our side of inkjs: compile, open, advance, choose. Answers are plain values; messages are cut
// here, because an exception of the compiler may carry its own source.
"use strict";

var silkreel = (function () {
  const MESSAGE_LENGTH = 400; // the other side cuts to what it shows; this bounds what travels
  const cut = (words) => String(words).slice(0, MESSAGE_LENGTH);
  let story = null;
  let faults = [];

  // "script/" and "./acts/../ep001.ink" make "script/ep001.ink"; what climbs out names no file.
  function join(base, name) {
    const steps = [];
    for (const step of (base + name).split("/")) {
      if (step === "..") steps.pop();
      else if (step !== "" && step !== ".") steps.push(step);
    }
    return steps.join("/");
  }

  function compile(entry, files) {
    const problems = [];
    const base = entry.slice(0, entry.lastIndexOf("/") + 1);
    const handler = {
      ResolveInkFilename: (name) => join(base, name),
      LoadInkFileContents: (name) => {
        if (!Object.prototype.hasOwnProperty.call(files, name)) {
          throw new Error("there is no such file in the story's folder");
        }
        return files[name];
      },
    };
    const hear = (words, kind) => problems.push([cut(words), kind]);
    const options = new inkjs.CompilerOptions(entry, [], false, hear, handler);
    try {
      const made = new inkjs.Compiler(files[entry], options).Compile();
      return { story: made.ToJson(), problems };
    } catch (thrown) {
      return { story: null, problems, thrown: cut(thrown) };
    }
  }

  function open(json) {
    story = new inkjs.Story(json);
    story.onError = (words) => faults.push(cut(words));
  }

  function restart() {
    faults = [];
    story.ResetState();
  }

  // Lines up to the next choice, at most `lineLimit`; `fault` is what the runtime complained of.
  function advance(lineLimit) {
    const lines = [];
    while (story.canContinue && lines.length < lineLimit && !faults.length) {
      const text = story.Continue();
      lines.push([text, story.currentTags || []]);
    }
    const options = story.currentChoices.map((choice) => [choice.text, choice.tags || []]);
    return { lines, options, more: story.canContinue, fault: faults.length ? faults[0] : null };
  }

  function choose(index) {
    story.ChooseChoiceIndex(index);
  }

  return { compile, open, restart, advance, choose };
})();
