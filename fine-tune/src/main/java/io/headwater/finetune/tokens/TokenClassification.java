package io.headwater.finetune.tokens;

import com.fasterxml.jackson.databind.JsonNode;
import io.headwater.finetune.Columns;
import io.headwater.finetune.EncodedTexts;
import io.headwater.finetune.Labels;
import io.headwater.finetune.Task;
import io.headwater.finetune.TaskData;
import io.headwater.finetune.TaskModel;
import io.headwater.finetune.TextEncoder;
import io.headwater.model.Execution;
import io.headwater.model.ModelFamily;
import io.headwater.model.head.HeadedNetwork;
import io.headwater.model.head.TokenClassificationHead;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.stream.Stream;

/** Entities in sentences, by BIO tags of words. A word's tag stands at its first piece. */
public record TokenClassification() implements Task<TaggedSentence, HeadedNetwork> {
  @Override
  public String name() {
    return "token-classification";
  }

  /** A CoNLL file has no names of columns. */
  @Override
  public List<TaggedSentence> read(String file, Columns columns) {
    return ConllFile.read(file);
  }

  /** Both tags of every type, though a few sentences may lack one. */
  @Override
  public Labels labels(List<TaggedSentence> sentences, String file) {
    SortedSet<String> types = new TreeSet<>();
    sentences.forEach(sentence -> sentence.tags().stream().map(BioTag::type).forEach(types::add));
    types.remove("");
    return Labels.of(
        Stream.concat(
                Stream.of(BioTag.OUTSIDE),
                types.stream()
                    .flatMap(type -> Stream.of(BioTag.BEGINNING + type, BioTag.INSIDE + type)))
            .toList(),
        file);
  }

  @Override
  public Labels labels(JsonNode config, String directory) {
    return Labels.of(config, directory);
  }

  @Override
  public HeadedNetwork network(
      ModelFamily family, JsonNode config, Labels labels, Execution execution) {
    return family.headed(config, new TokenClassificationHead(labels.names()), execution);
  }

  @Override
  public TaskData prepare(
      List<TaggedSentence> sentences, String file, TaskModel<HeadedNetwork> model) {
    HeadedNetwork network = model.network();
    TextEncoder encoder = new TextEncoder(network.framing(), model.tokenizer(), model.maxLength());
    WordEncoder words = new WordEncoder(encoder, model.tokenizer());
    List<TextEncoder.Encoded> texts = new ArrayList<>();
    List<TaggedSentences.Words> places = new ArrayList<>();
    for (TaggedSentence sentence : sentences) {
      String place = file + ", line " + sentence.line();
      WordEncoder.Encoded encoded = words.encode(sentence.words(), place);
      int[] tags =
          sentence.tags().stream().mapToInt(tag -> model.labels().indexOf(tag, place)).toArray();
      texts.add(encoded.text());
      places.add(new TaggedSentences.Words(encoded.places(), tags));
    }
    return new TaggedSentences(
        network,
        model.labels(),
        new EncodedTexts(texts, encoder.maxLength()),
        places,
        new float[0]);
  }

  @Override
  public String adapterType(HeadedNetwork network) {
    return "TOKEN_CLS";
  }
}
