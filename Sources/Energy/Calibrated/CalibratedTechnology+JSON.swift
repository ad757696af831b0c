public import Foundation

extension CalibratedTechnology {
  /// Reads a technology file that `setun calibrate` wrote.
  ///
  /// - Parameter file: What messages call it.
  /// - Throws: ``EnergyError`` when it is no such file.
  public init(json: Data, file: String) throws(EnergyError) {
    do {
      self = try JSONDecoder().decode(CalibratedTechnology.self, from: json)
    } catch let DecodingError.keyNotFound(key, context) {
      throw EnergyError("\(file): \(Self.path(context.codingPath + [key])): missing")
    } catch let DecodingError.typeMismatch(_, context), let DecodingError.valueNotFound(_, context),
      let DecodingError.dataCorrupted(context)
    {
      throw EnergyError("\(file): \(Self.path(context.codingPath)): \(context.debugDescription)")
    } catch {
      throw EnergyError("\(file): \(error.localizedDescription)")
    }
    for model in models {
      for fit in [model.energy, model.area, model.leakage] {
        let count = fit.terms.count
        guard fit.coefficients.count == count, fit.covariance.allSatisfy({ $0.count == count }),
          fit.covariance.count == count
        else {
          throw EnergyError(
            "\(file): \(model.block): expected \(count) coefficients and their covariance, "
              + "found \(fit.coefficients.count)")
        }
      }
    }
  }

  private static func path(_ keys: [any CodingKey]) -> String {
    keys.map(\.stringValue).joined(separator: ".")
  }
}

extension CalibratedTechnology {
  /// The technologies that come with the module, by name.
  ///
  /// - Throws: ``EnergyError`` when a file is damaged.
  public static func builtIn() throws(EnergyError) -> [CalibratedTechnology] {
    let folder = Bundle.module.bundleURL.appending(path: "Technologies")
    let names = (try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? []
    var technologies: [CalibratedTechnology] = []
    for name in names.sorted() where name.hasSuffix(".json") {
      guard let data = try? Data(contentsOf: folder.appending(path: name)) else {
        throw EnergyError("\(name): cannot be read")
      }
      technologies.append(try CalibratedTechnology(json: data, file: name))
    }
    return technologies
  }
}
