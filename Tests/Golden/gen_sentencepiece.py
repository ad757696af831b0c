#!/usr/bin/env python3
"""A SentencePiece model with byte fallback and the tokens it gives, by Google's own library
(pip install sentencepiece).

Writes sentencepiece.json: {"pieces": [...], "scores": [...], "types": [...] as GGUF numbers them,
"vectors": [[text, tokens], ...]}.
"""
import io, json, os, random

import sentencepiece

here = os.path.dirname(os.path.abspath(__file__))
generator = random.Random(1611)
words = "the of and in to that God he unto his for shall they be is him not them it with all thou".split()
others = ["\u00e9t\u00e9", "na\u00efve", "\u4e16\u754c", "\u0433\u043e\u0440\u043e\u0434", "2024", "12", "e\u0301", "\U0001f600", "x=1;", "  ", "\n", "\t", "\u3000", "\u2581"]


def drawn(length, strange):
    return "".join(generator.choice(others if generator.random() < strange else words) + generator.choice(["", " ", " "]) for _ in range(length))


model = io.BytesIO()
sentencepiece.SentencePieceTrainer.train(
    sentence_iterator=iter([drawn(12, 0.1) for _ in range(3000)]), model_writer=model, model_type="bpe", vocab_size=420,
    byte_fallback=True, normalization_rule_name="identity", remove_extra_whitespaces=False, character_coverage=0.995,
    minloglevel=2)
processor = sentencepiece.SentencePieceProcessor(model_proto=model.getvalue())
size = processor.get_piece_size()
types = [2 if processor.is_unknown(i) else 3 if processor.is_control(i) else 6 if processor.is_byte(i) else 1 for i in range(size)]
texts = ["", " ", "  ", "a", "God", " God", "\u2581", "\u0000", "\ufffd", "unto them\n\nand they"]
texts += [drawn(generator.randrange(1, 20), 0.3) for _ in range(300)]
texts += ["".join(chr(generator.choice([generator.randrange(0x20, 0x7F), generator.randrange(0xA0, 0xD800), generator.randrange(0xE000, 0x11000)]))
                  for _ in range(generator.randrange(1, 12))) for _ in range(200)]
with open(here + "/sentencepiece.json", "w") as file:
    json.dump({
        "pieces": [processor.id_to_piece(i) for i in range(size)],
        "scores": [processor.get_score(i) for i in range(size)],
        "types": types,
        "vectors": [[text, processor.encode(text)] for text in texts],
    }, file, separators=(",", ":"), ensure_ascii=False)
